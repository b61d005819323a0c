/**
 * The machine failed: a file, a disk, a network. The code is stable, the message says what happened and what the person
 * can do, and `cause` is what the system said.
 */
export class MachineError<Code extends string> extends Error {
  readonly code: Code;

  constructor(code: Code, message: string, cause?: unknown) {
    super(message, { cause });
    this.code = code;
  }
}

/** The system's code for a failure (`EACCES`), or its text where there is none. Nothing in it was said by a peer. */
export function failureCode(cause: unknown): string {
  if (!(cause instanceof Error)) return String(cause);
  return 'code' in cause && typeof cause.code === 'string' ? cause.code : cause.message;
}
