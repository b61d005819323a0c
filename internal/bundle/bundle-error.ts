import { MachineError } from '../../pkg/base/machine-error.ts';

/**
 * - `no-file`: the bundle, or the folder it is to lie in, is not there; `unreadable`, `unwritable`: the system refused.
 * - `file-exists`: an export would replace a file.
 * - `not-stored`: the history took no more of an import; what it took before is in it.
 */
export type BundleErrorCode = 'no-file' | 'unreadable' | 'unwritable' | 'file-exists' | 'not-stored';

/** A bundle cannot be read or written. The message says what happened and what the person can do. */
export class BundleError extends MachineError<BundleErrorCode> {
  override readonly name = 'BundleError';
}
