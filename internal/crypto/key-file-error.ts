import { MachineError } from '../../pkg/base/machine-error.ts';

/**
 * - `key-damaged`: the file is there but holds no key of ours. It is never overwritten: it may be a backup gone wrong.
 * - `key-unreadable`, `key-unwritable`: the system refused; `cause` says how.
 */
export type KeyFileCode = 'key-damaged' | 'key-unreadable' | 'key-unwritable';

/** The file of the identity key cannot be used. The message says what happened and what the person can do. */
export class KeyFileError extends MachineError<KeyFileCode> {
  override readonly name = 'KeyFileError';
}
