/**
 * - `no-file`: the bundle, or the folder it is to lie in, is not there; `unreadable`, `unwritable`: the system refused.
 * - `file-exists`: an export would replace a file.
 * - `not-stored`: the history took no more of an import; what it took before is in it.
 */
export type BundleErrorCode = 'no-file' | 'unreadable' | 'unwritable' | 'file-exists' | 'not-stored';

/** A bundle cannot be read or written. The message says what happened and what the person can do. */
export class BundleError extends Error {
  override readonly name = 'BundleError';
  readonly code: BundleErrorCode;

  constructor(code: BundleErrorCode, message: string, cause?: unknown) {
    super(message, { cause });
    this.code = code;
  }
}
