import type { ReadStream } from 'node:tty';

const LINE_FEED = /\n/g;

export interface EarlyKeys {
  /** Hands the keys to whoever reads next. */
  release(): void;
}

/**
 * Keeps the keys that are typed before the screen is there. The terminal is set raw at once; what is read until `release`
 * is put back then, for the screen to read. Before raw mode the terminal had turned Enter into a line feed: it is Enter
 * again.
 */
export function keepEarlyKeys(stdin: ReadStream): EarlyKeys {
  const chunks: Buffer[] = [];
  const read = (): void => {
    for (let chunk: unknown = stdin.read(); chunk !== null; chunk = stdin.read()) {
      chunks.push(Buffer.isBuffer(chunk) ? chunk : Buffer.from(String(chunk)));
    }
  };
  stdin.setRawMode(true);
  stdin.on('readable', read);
  return {
    release: () => {
      stdin.off('readable', read);
      if (chunks.length > 0) stdin.unshift(Buffer.from(Buffer.concat(chunks).toString().replace(LINE_FEED, '\r')));
    },
  };
}
