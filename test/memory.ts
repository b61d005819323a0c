/** How much memory processes take beyond what they took when they were first looked at. */
import { readFileSync, writeFileSync } from 'node:fs';

/** Nobody's resident memory grows by more, whatever the others do. */
export const GROWTH_BYTES_MAX = 64 * 1024 * 1024;

/** The system keeps the greatest value itself: looking in between serves those who end before they are asked. */
const LOOK_MS = 50;

/** What can be watched. The pid of one that runs no more may be somebody else's. */
interface Watchable {
  readonly name: string;
  readonly pid: number;
  readonly isRunning: boolean;
}

interface Watched {
  readonly process: Watchable;
  readonly before: number;
  peak: number;
}

/** Watches any number of processes, each from when it is told of it until it ends, or `stop()`. */
export class MemoryWatch implements Disposable {
  readonly #watched: Watched[] = [];
  readonly #timer = setInterval(() => this.#look(), LOOK_MS);

  /** From now on, and beyond what it takes now. */
  watch(...processes: readonly Watchable[]): void {
    for (const process of processes) {
      // Forgets the peak of its start.
      writeFileSync(`/proc/${process.pid}/clear_refs`, '5');
      const before = bytesOf(process, 'VmRSS') ?? 0;
      this.#watched.push({ process, before, peak: before });
    }
  }

  /** The greatest growth of anybody so far, for an assertion, and whose it is. */
  greatest(): { readonly name: string; readonly bytes: number } {
    this.#look();
    const growths = this.#watched.map(({ process, before, peak }) => ({ name: process.name, bytes: peak - before }));
    return growths.reduce((most, growth) => (growth.bytes > most.bytes ? growth : most), { name: 'nobody', bytes: 0 });
  }

  /** For people: everybody's, in megabytes. */
  toString(): string {
    const megabytes = (bytes: number) => (bytes / 1024 / 1024).toFixed(0);
    return this.#watched
      .map(({ process, before, peak }) => `${process.name} ${megabytes(before)} + ${megabytes(peak - before)} MB`)
      .join(', ');
  }

  stop(): void {
    clearInterval(this.#timer);
  }

  [Symbol.dispose](): void {
    this.stop();
  }

  #look(): void {
    for (const one of this.#watched) one.peak = Math.max(one.peak, bytesOf(one.process, 'VmHWM') ?? 0);
  }
}

/** Undefined for a process that is gone. */
function bytesOf({ pid, isRunning }: Watchable, field: 'VmRSS' | 'VmHWM'): number | undefined {
  if (!isRunning) return undefined;
  try {
    const [, kilobytes] =
      new RegExp(`^${field}:\\s+(\\d+) kB$`, 'm').exec(readFileSync(`/proc/${pid}/status`, 'utf8')) ?? [];
    return kilobytes === undefined ? undefined : Number(kilobytes) * 1024;
  } catch {
    return undefined;
  }
}
