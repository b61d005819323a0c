/** What the system counts of a process: its processor time and its memory. */
import { readFileSync } from 'node:fs';

/** Clock ticks of the system in a second, the same on every Linux. */
const TICKS_PER_SECOND = 100;

export interface Memory {
  /** All pages that it touches, those included that it shares with others. */
  readonly rssMB: number;
  /** The same, each shared page divided by those who share it: what it costs the machine. */
  readonly pssMB: number;
}

/** Seconds of processor time of all its threads, ended ones included. */
export function cpuSeconds(pid: number): number {
  const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
  // The name stands in parentheses and may hold anything; behind it, the 12th and 13th word.
  const words = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
  return (Number(words[11]) + Number(words[12])) / TICKS_PER_SECOND;
}

export function memoryOf(pid: number): Memory {
  const rollup = readFileSync(`/proc/${pid}/smaps_rollup`, 'utf8');
  const megabytes = (field: string) => Number(new RegExp(`^${field}:\\s+(\\d+) kB$`, 'm').exec(rollup)?.[1]) / 1024;
  return { rssMB: megabytes('Rss'), pssMB: megabytes('Pss') };
}
