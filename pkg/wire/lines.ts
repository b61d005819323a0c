import { LINE_BYTES_MAX } from '../base/limits.ts';
import { type Fault, fault } from './fault.ts';

const LINE_FEED = 0x0a;
const HELD_BYTES_FIRST = 256;
/** Keeps nothing between two lines, so all splitters share it. */
const decoder = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });

/** Bytes of a text in UTF-8. */
export function utf8Bytes(text: string): number {
  let bytes = text.length;
  for (let place = 0; place < text.length; place += 1) {
    const unit = text.charCodeAt(place);
    if (unit > 0x7ff) bytes += unit >= 0xd800 && unit <= 0xdfff ? 1 : 2;
    else if (unit > 0x7f) bytes += 1;
  }
  return bytes;
}

/**
 * Cuts a stream of bytes into lines of UTF-8 text. However the bytes are chunked, the lines are the same; it never
 * holds more than one line of the greatest length. After a fault it takes nothing more: the link is to be cut.
 */
export class LineSplitter {
  readonly #lineBytesMax: number;
  /** The line begun, in a buffer that doubles: a piece kept for each chunk would cost a hundred times what a byte sent does. */
  #held = new Uint8Array(0);
  #heldBytes = 0;
  #broken = false;

  constructor(lineBytesMax: number = LINE_BYTES_MAX) {
    this.#lineBytesMax = lineBytesMax;
  }

  /** The lines that `chunk` completes, and the fault that ends the stream, if any. `chunk` is the caller's again. */
  push(chunk: Uint8Array): { readonly lines: readonly string[]; readonly fault: Fault | undefined } {
    const lines: string[] = [];
    let start = 0;
    while (!this.#broken) {
      const end = chunk.indexOf(LINE_FEED, start);
      const piece = chunk.subarray(start, end === -1 ? chunk.length : end);
      if (this.#heldBytes + piece.length > this.#lineBytesMax) {
        return { lines, fault: this.#break('line-too-long', `a line of more than ${this.#lineBytesMax} bytes`) };
      }
      if (end === -1) {
        this.#hold(piece);
        return { lines, fault: undefined };
      }
      try {
        lines.push(decoder.decode(this.#complete(piece)));
      } catch {
        return { lines, fault: this.#break('bad-line', 'a line that is not UTF-8') };
      }
      start = end + 1;
    }
    return { lines, fault: undefined };
  }

  #hold(piece: Uint8Array): void {
    const bytes = this.#heldBytes + piece.length;
    if (bytes > this.#held.length) {
      const room = Math.min(this.#lineBytesMax, Math.max(bytes, 2 * this.#held.length, HELD_BYTES_FIRST));
      const larger = new Uint8Array(room);
      larger.set(this.#held.subarray(0, this.#heldBytes));
      this.#held = larger;
    }
    this.#held.set(piece, this.#heldBytes);
    this.#heldBytes = bytes;
  }

  #complete(piece: Uint8Array): Uint8Array {
    if (this.#heldBytes === 0) return piece;
    this.#hold(piece);
    const line = this.#held.subarray(0, this.#heldBytes);
    this.#letGo();
    return line;
  }

  #break(code: 'line-too-long' | 'bad-line', why: string): Fault {
    this.#broken = true;
    this.#letGo();
    return fault(code, why);
  }

  #letGo(): void {
    this.#held = new Uint8Array(0);
    this.#heldBytes = 0;
  }
}
