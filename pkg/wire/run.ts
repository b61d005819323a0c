import { RUN_BYTES_MAX, RUN_ENTRIES_MAX } from '../base/limits.ts';
import { type Entry, makeRun, type Run } from './entry.ts';
import { type Fault, fault } from './fault.ts';
import { decodeMessage, type Message } from './message.ts';

export function isEntry(message: Message): message is Entry {
  return message.type === 'chat' || message.type === 'action';
}

/** Collects a link's entries until a run is complete. The lines of a run stand together, nothing comes between. */
export class RunCollector {
  #entries: Entry[] = [];
  #lines: string[] = [];
  #chars = 0;

  /** Whether a run has begun and waits for its last line. */
  get open(): boolean {
    return this.#entries.length > 0;
  }

  /** Takes the next entry with the line it came in; the run that it completes, a fault, or undefined. */
  push(entry: Entry, line: string): Run | Fault | undefined {
    this.#entries.push(entry);
    this.#lines.push(line);
    this.#chars += line.length;
    if (entry.sig === undefined) {
      const full = this.#entries.length >= RUN_ENTRIES_MAX || this.#chars > RUN_BYTES_MAX;
      return full ? fault('bad-run', 'a run that is longer than runs may be') : undefined;
    }
    const run = makeRun(this.#entries, this.#lines);
    this.#entries = [];
    this.#lines = [];
    this.#chars = 0;
    return run;
  }
}

/** Reads a whole run from the text in which it was stored. */
export function parseRun(text: string): Run | Fault {
  const collector = new RunCollector();
  const lines = text.split('\n');
  for (const [place, line] of lines.entries()) {
    const message = decodeMessage(line);
    if (message.type === 'fault') return message;
    if (!isEntry(message)) return fault('bad-run', 'a line that is no entry');
    const run = collector.push(message, line);
    if (run === undefined) continue;
    if (run.type === 'run' && place !== lines.length - 1) return fault('bad-run', 'lines behind the seal');
    return run;
  }
  return fault('bad-run', 'a run without its seal');
}
