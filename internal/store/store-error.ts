/**
 * - `folder-unusable`: a folder cannot be made, or nothing can be written into it.
 * - `already-running`: another process holds the profile; `lock-unavailable`: its lock cannot be taken at all.
 * - `history-unavailable`: the history file cannot be opened; `history-newer`: a later version wrote it;
 *   `history-unreadable`, `history-unwritable`: reading or writing failed in it later.
 * - `bad-config`: config.json cannot be understood; `config-unwritable`: it cannot be written.
 */
export type StoreErrorCode =
  | 'folder-unusable'
  | 'already-running'
  | 'lock-unavailable'
  | 'history-unavailable'
  | 'history-newer'
  | 'history-unreadable'
  | 'history-unwritable'
  | 'bad-config'
  | 'config-unwritable';

/** A file of the profile cannot be used. The message says what happened and what the person can do. */
export class StoreError extends Error {
  override readonly name = 'StoreError';
  readonly code: StoreErrorCode;

  constructor(code: StoreErrorCode, message: string, cause?: unknown) {
    super(message, { cause });
    this.code = code;
  }
}

/** The system's code for a failure (`EACCES`), or its text where there is none. */
export function failureCode(cause: unknown): string {
  if (!(cause instanceof Error)) return String(cause);
  return 'code' in cause && typeof cause.code === 'string' ? cause.code : cause.message;
}
