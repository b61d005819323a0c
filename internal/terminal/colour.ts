/** Whether colours are wanted on a terminal: not with `NO_COLOR` or on a dumb one, unless `FORCE_COLOR` asks for them. */
export function wantsColour(environment: Readonly<Record<string, string | undefined>>): boolean {
  const forced = environment['FORCE_COLOR'];
  if (forced !== undefined) return forced !== '0' && forced !== 'false';
  return !environment['NO_COLOR'] && environment['TERM'] !== 'dumb';
}
