import { BundleError } from '../../internal/bundle/bundle-error.ts';
import { KeyFileError } from '../../internal/crypto/key-file-error.ts';
import { NetworkError } from '../../internal/net/network-error.ts';
import { TooSlowError } from '../../internal/runtime/inbox.ts';
import { StoreError } from '../../internal/store/store-error.ts';

/** What the process says to scripts at its end. */
export const EXIT = {
  done: 0,
  failed: 1,
  usage: 2,
  noPeer: 3,
  notDelivered: 4,
  refused: 5,
  identity: 6,
  missing: 7,
  taken: 8,
  hangup: 129,
  interrupt: 130,
  terminate: 143,
} as const;

export type ExitCode = (typeof EXIT)[keyof typeof EXIT];

/** What each code of the chat means, for `--help`. */
export const EXIT_MEANINGS: readonly (readonly [string, string])[] = [
  ['0', 'done'],
  ['1', 'failed'],
  ['2', 'wrong usage'],
  ['3', 'no peer found or reachable'],
  ['4', 'not delivered to everyone present in time'],
  ['6', 'identity failure'],
  ['8', 'already running, or port in use'],
  ['129 / 130 / 143', 'SIGHUP / SIGINT / SIGTERM'],
];

const BUNDLE_CODES = {
  'no-file': EXIT.missing,
  'file-exists': EXIT.refused,
  unreadable: EXIT.failed,
  unwritable: EXIT.failed,
  'not-stored': EXIT.failed,
} as const;

/** The exit code for an error that kept the program from starting or going on, or undefined for one that nobody foresaw. */
export function exitCodeOf(error: unknown): ExitCode | undefined {
  if (error instanceof KeyFileError) return EXIT.identity;
  if (error instanceof StoreError) return error.code === 'already-running' ? EXIT.taken : EXIT.failed;
  if (error instanceof BundleError) return BUNDLE_CODES[error.code];
  if (error instanceof TooSlowError) return EXIT.failed;
  if (!(error instanceof NetworkError)) return undefined;
  if (error.code === 'port-in-use') return EXIT.taken;
  return error.code === 'unknown-interface' ? EXIT.usage : EXIT.failed;
}
