/**
 * Keeps SQLite's announcement of being experimental from people: what is used of `node:sqlite` here is stable. To be
 * called on each thread before that module is loaded there. Written in the language of old Nodes, like its callers.
 */
export function keepQuietAboutSqlite(): void {
  const emit = process.emitWarning;
  process.emitWarning = (warning: string | Error, ...rest: unknown[]) => {
    if (String(warning).includes('SQLite is an experimental feature')) return;
    Reflect.apply(emit, process, [warning, ...rest]);
  };
}
