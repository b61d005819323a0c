import { UNSENT_BYTES_CUT, UNSENT_BYTES_MAX } from '../../pkg/base/limits.ts';
import type { SimHost } from './sim-host.ts';
import type { SimLink } from './sim-link.ts';
import { type Crossing, NO_RUNS } from './tally.ts';
import type { World } from './world.ts';

/** What a process reads at once. */
const CHUNK_BYTES_MAX = 65_536;
/** What the two kernels hold between them; the rest waits in the sender's process. */
const KERNEL_BYTES = 131_072;

interface Chunk {
  readonly at: number;
  /** Undefined at the end of the connection. */
  readonly bytes: Uint8Array | undefined;
  /** The runs that are complete with this chunk. */
  readonly runs: readonly Crossing[];
}

/** Share of sends that arrive in two pieces. */
const SPLIT_SHARE = 0.05;

/** The latest text sent, since the same one goes to everyone. */
let latest = { text: '', bytes: new Uint8Array() };

function bytesOf(text: string): Uint8Array {
  if (text !== latest.text) latest = { text, bytes: Buffer.from(text) };
  return latest.bytes;
}

/** One direction of a link. `host` writes, `to` reads. */
export class Pipe {
  readonly host: SimHost;
  readonly to: SimHost;
  readonly link: SimLink;
  /** How often each entry has crossed, by the tally's number of it; undefined before the first. */
  crossed: Map<number, number> | undefined;
  /** When `to` has heard that the link is open. */
  opensAt = 0;
  readonly #world: World;
  #waiting: Chunk[] = [];
  /** Of the waiting ones those before are gone. */
  #gone = 0;
  #unreadBytes = 0;
  #lastAt = 0;
  #ended = false;
  /** The writer's machine lost its power. */
  #vanished = false;
  #reading = true;
  #congested = false;
  /** Nothing is read before: the reader is slow, or TCP waits to try again. */
  #notBefore = 0;

  constructor(world: World, link: SimLink, host: SimHost, to: SimHost) {
    this.#world = world;
    this.link = link;
    this.host = host;
    this.to = to;
  }

  /** Bytes that wait in the writer's process. */
  get unsentBytes(): number {
    return Math.max(0, this.#unreadBytes - KERNEL_BYTES);
  }

  /** From `at` on the reader has heard of the link. */
  open(at: number): void {
    this.opensAt = at;
    this.#lastAt = at;
  }

  send(text: string): void {
    if (this.#ended) return;
    const runs = this.#world.checker.sent(this, text);
    const bytes = bytesOf(text);
    this.#unreadBytes += bytes.length;
    const cutOnce = bytes.length > 1 && this.#world.random.fraction() < SPLIT_SHARE;
    let start = 0;
    let end = cutOnce ? 1 + this.#world.random.below(bytes.length - 1) : bytes.length;
    while (start < bytes.length) {
      end = Math.min(end, start + CHUNK_BYTES_MAX);
      const piece = end - start === bytes.length ? bytes : bytes.subarray(start, end);
      this.#push(piece, end === bytes.length ? runs : NO_RUNS);
      start = end;
      end = bytes.length;
    }
    this.#feel();
  }

  end(): void {
    if (this.#ended) return;
    this.#ended = true;
    this.#push(undefined, NO_RUNS);
  }

  /** The writer died: the last of what is on its way may not arrive. */
  breakOff(): void {
    if (this.#ended) return;
    const kept = this.#gone + this.#world.random.below(this.#waiting.length - this.#gone + 1);
    this.#waiting.length = kept;
    this.end();
  }

  vanish(): void {
    this.#ended = true;
    this.#vanished = true;
    this.#waiting = [];
    this.#gone = 0;
  }

  /** The reader stops or resumes reading. */
  flow(reading: boolean): void {
    this.#reading = reading;
    if (reading) this.#world.chunk(this, this.#world.at);
  }

  /** The way is open again: TCP tries after a while. */
  resume(afterMs: number): void {
    this.#notBefore = Math.max(this.#notBefore, this.#world.at + afterMs);
    this.#world.chunk(this, this.#notBefore);
  }

  /** Hands over what has arrived by now. */
  deliver(): void {
    for (;;) {
      const first = this.#waiting[this.#gone];
      if (first === undefined || !this.#reading || this.to.stalled) return;
      if (this.#world.cuts.between(this.host, this.to)) return this.#world.blocked(this);
      if (first.at > this.#world.at) return;
      if (this.#notBefore > this.#world.at) return this.#world.chunk(this, this.#notBefore);
      this.#drop();
      if (first.bytes === undefined) return this.link.end(this.to, 'the other side closed');
      this.#read(first.bytes, first.runs);
    }
  }

  /** The first of what waits is gone. */
  #drop(): void {
    this.#gone += 1;
    if (this.#gone < this.#waiting.length && this.#gone < 64) return;
    this.#waiting = this.#waiting.slice(this.#gone);
    this.#gone = 0;
  }

  #read(bytes: Uint8Array, runs: readonly Crossing[]): void {
    this.#unreadBytes -= bytes.length;
    const { readBytesPerSecond } = this.to;
    if (readBytesPerSecond !== undefined) {
      this.#notBefore = this.#world.at + (bytes.length / readBytesPerSecond) * 1_000;
    }
    if (this.to.links.has(this.link.id)) {
      for (const run of runs) this.#world.checker.tally.crossed(this, run);
      this.to.take({ type: 'bytes', link: this.link.id, bytes });
    } else if (this.link.pipeTo(this.host).#vanished && this.to.alive) {
      this.link.end(this.host, 'reset by the other side');
    }
    if (this.#congested && this.unsentBytes < UNSENT_BYTES_MAX / 2) {
      this.#congested = false;
      this.#tell('drained');
    }
  }

  /** The socket is full, or the other side reads nothing: as the driver has it. */
  #feel(): void {
    this.#world.checker.unsent(this);
    if (this.unsentBytes > UNSENT_BYTES_CUT) {
      this.#world.later(0, () => {
        this.link.end(this.host, 'the other side reads nothing');
        this.breakOff();
      });
    } else if (!this.#congested && this.unsentBytes > UNSENT_BYTES_MAX) {
      this.#congested = true;
      this.#tell('congested');
    }
  }

  #tell(type: 'congested' | 'drained'): void {
    this.#world.later(0, () => {
      if (this.host.links.has(this.link.id)) this.host.take({ type, link: this.link.id });
    });
  }

  #push(bytes: Uint8Array | undefined, runs: readonly Crossing[]): void {
    this.#lastAt = Math.max(this.#lastAt, this.#world.at + this.#world.delay());
    this.#waiting.push({ at: this.#lastAt, bytes, runs });
    this.#world.chunk(this, this.#lastAt);
  }
}
