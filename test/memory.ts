/** How much memory processes take beyond what they took when they were first looked at. */
import { readFileSync, writeFileSync } from 'node:fs';

/** Nobody's resident memory grows by more, whatever the others do. */
export const GROWTH_BYTES_MAX = 64 * 1024 * 1024;

/** The system keeps the greatest value itself: looking in between serves those who end before they are asked. */
const LOOK_MS = 50;

interface Watched {
  readonly name: string;
  readonly pid: number;
  readonly before: number;
  peak: number;
}

/** Watches any number of processes, each from when it is told of it until it ends, or `stop()`. */
export class MemoryWatch implements Disposable {
  readonly #watched: Watched[] = [];
  readonly #timer = setInterval(() => this.#look(), LOOK_MS);

  /** From now on, and beyond what it takes now. */
  watch(...processes: readonly { readonly name: string; readonly pid: number }[]): void {
    for (const { name, pid } of processes) {
      // Forgets the peak of its start.
      writeFileSync(`/proc/${pid}/clear_refs`, '5');
      const before = bytesOf(pid, 'VmRSS') ?? 0;
      this.#watched.push({ name, pid, before, peak: before });
    }
  }

  /** The greatest growth of anybody so far, for an assertion, and whose it is. */
  greatest(): { readonly name: string; readonly bytes: number } {
    this.#look();
    const growths = this.#watched.map(({ name, before, peak }) => ({ name, bytes: peak - before }));
    return growths.reduce((most, growth) => (growth.bytes > most.bytes ? growth : most), { name: 'nobody', bytes: 0 });
  }

  /** For people: everybody's, in megabytes. */
  toString(): string {
    const megabytes = (bytes: number) => (bytes / 1024 / 1024).toFixed(0);
    return this.#watched
      .map(({ name, before, peak }) => `${name} ${megabytes(before)} + ${megabytes(peak - before)} MB`)
      .join(', ');
  }

  stop(): void {
    clearInterval(this.#timer);
  }

  [Symbol.dispose](): void {
    this.stop();
  }

  #look(): void {
    for (const one of this.#watched) one.peak = Math.max(one.peak, bytesOf(one.pid, 'VmHWM') ?? 0);
  }
}

/** Undefined for a process that is gone. */
function bytesOf(pid: number, field: 'VmRSS' | 'VmHWM'): number | undefined {
  try {
    const [, kilobytes] =
      new RegExp(`^${field}:\\s+(\\d+) kB$`, 'm').exec(readFileSync(`/proc/${pid}/status`, 'utf8')) ?? [];
    return kilobytes === undefined ? undefined : Number(kilobytes) * 1024;
  } catch {
    return undefined;
  }
}
