import { MachineError } from '../../pkg/base/machine-error.ts';

/**
 * - `folder-unusable`: a folder cannot be made, or nothing can be written into it.
 * - `already-running`: another process holds the profile; `lock-unavailable`: its lock cannot be taken at all.
 * - `history-unavailable`: the history file cannot be opened; `history-newer`: a later version wrote it;
 *   `history-unreadable`, `history-unwritable`: reading or writing failed in it later.
 * - `bad-config`: config.json cannot be understood; `config-unwritable`: it cannot be written.
 * - `cache-unwritable`: the file of acquaintances cannot be written.
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
  | 'config-unwritable'
  | 'cache-unwritable';

/** A file of the profile cannot be used. The message says what happened and what the person can do. */
export class StoreError extends MachineError<StoreErrorCode> {
  override readonly name = 'StoreError';
}
