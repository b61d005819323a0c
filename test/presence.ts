/** Who is here, as plain lines tell it. */

/** What one line says: these are here, or are gone, after it. */
export interface Told {
  readonly names: readonly string[];
  readonly here: boolean;
}

const COMING = /^-- (.+) (?:joined|(?:was|were) away for .*|came and went(?: \d+ times)?, (?:is|are) here)$/;
const GOING = /^-- (.+) (?:left|came and left|came and went(?: \d+ times)?, (?:is|are) gone)(?: \(.*\))?$/;

/** Undefined where the line tells of nobody's coming or going. Tags behind names are left out. */
export function presenceIn(line: string): Told | undefined {
  const coming = COMING.exec(line)?.[1];
  const names = coming ?? GOING.exec(line)?.[1];
  if (names === undefined) return undefined;
  const each = names.split(/, | and /).map((name) => name.replace(/~\w+$/, ''));
  return { names: each, here: coming !== undefined };
}
