import { existsSync, statSync } from 'node:fs';
import { dirname } from 'node:path';
import { failureCode } from '../../pkg/base/machine-error.ts';
import { PrivateDraft } from '../store/private-file.ts';
import { BundleError } from './bundle-error.ts';
import type { Sink } from './export.ts';

/**
 * A bundle that becomes a file: for its owner alone, beside its place until it is whole. A file that is there already is
 * replaced only with `force`, and what is no file (a folder, a device) never. Throws `BundleError`s. End it with
 * `discard`, whatever happens.
 */
export class BundleFile implements Sink {
  readonly #path: string;
  readonly #force: boolean;
  readonly #draft: PrivateDraft;

  constructor(path: string, { force }: { readonly force: boolean }) {
    this.#path = path;
    this.#force = force;
    this.#draft = this.#trying(() => {
      if (existsSync(path)) this.#mayReplace();
      return new PrivateDraft(path);
    });
  }

  write(text: string): Promise<boolean> {
    this.#trying(() => this.#draft.write(text));
    return Promise.resolve(true);
  }

  /** All is written: the file takes its place. */
  publish(): void {
    this.#trying(() => this.#draft.publish(this.#force ? 'replace' : 'keep'));
  }

  discard(): void {
    this.#draft.discard();
  }

  #mayReplace(): void {
    const found = statSync(this.#path);
    if (!found.isFile()) throw new BundleError('file-exists', `${this.#path} is no file; name one to write to`);
    if (!this.#force) throw exists(this.#path);
  }

  #trying<Result>(work: () => Result): Result {
    try {
      return work();
    } catch (cause) {
      if (cause instanceof BundleError) throw cause;
      const reason = failureCode(cause);
      if (reason === 'EEXIST') throw exists(this.#path, cause);
      if (reason === 'ENOENT' || reason === 'ENOTDIR') {
        throw new BundleError('no-file', `there is no folder ${dirname(this.#path)}; make it first`, cause);
      }
      throw new BundleError('unwritable', `cannot write ${this.#path}: ${adviceFor(reason)}`, cause);
    }
  }
}

function exists(path: string, cause?: unknown): BundleError {
  return new BundleError(
    'file-exists',
    `${path} is there already; name another file, or replace it with -force`,
    cause,
  );
}

function adviceFor(reason: string): string {
  switch (reason) {
    case 'ENOSPC':
    case 'EDQUOT':
      return 'the disk is full; free some space';
    case 'EACCES':
    case 'EPERM':
      return 'you may not write there; check the permissions';
    case 'EROFS':
      return 'the disk is read-only; make it writable';
    case 'EFBIG':
      return 'its file system takes no file so large; choose another';
    default:
      return `the system says ${reason}; check the disk`;
  }
}
