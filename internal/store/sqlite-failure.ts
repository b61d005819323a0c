/** SQLite's result codes, as sqlite.org/rescode.html lists them, that mean something here. */
const SQL_ERROR = 1;
const BUSY = 5;
const LOCKED = 6;
const READONLY = 8;
const IO_ERROR = 10;
const CORRUPT = 11;
const FULL = 13;
const CANNOT_OPEN = 14;
const NOT_A_DATABASE = 26;

/** Whether the file's content is not what SQLite once wrote. */
export function isDamage(cause: unknown): boolean {
  const code = resultCode(cause);
  return code === CORRUPT || code === NOT_A_DATABASE;
}

/** Whether the file is a sound database that lacks our tables. */
export function isForeign(cause: unknown): boolean {
  return resultCode(cause) === SQL_ERROR;
}

/** Whether another connection holds the file. */
export function isBusy(cause: unknown): boolean {
  const code = resultCode(cause);
  return code === BUSY || code === LOCKED;
}

/** What happened and what the person can do, to be put behind "cannot …: ". */
export function sqliteReason(cause: unknown): string {
  switch (resultCode(cause)) {
    case FULL:
      return 'the disk is full; free some space';
    case READONLY:
      return 'the file may not be written; check its permissions and those of its folder';
    case CANNOT_OPEN:
      return 'the file or its folder may not be opened; check the permissions, or set P2PCHAT_HOME to a folder of your own';
    case IO_ERROR:
      return 'the disk reports an error; check the disk and the free space';
    case CORRUPT:
    case NOT_A_DATABASE:
      return 'the file is damaged; start p2pchat again, it will be set aside';
    case BUSY:
    case LOCKED:
      return 'another program holds the file; close that program';
    default:
      return cause instanceof Error ? cause.message : String(cause);
  }
}

/** The primary result code of what SQLite threw, or undefined when it was not SQLite. */
function resultCode(cause: unknown): number | undefined {
  if (!(cause instanceof Error) || !('errcode' in cause) || typeof cause.errcode !== 'number') return undefined;
  return cause.errcode & 0xff;
}
