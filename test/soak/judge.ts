/** What must hold all along a soak, and what was found not to. */
import { left } from '../process.ts';
import { SETTLED_MS, type SoakPeer } from './peer.ts';

/** Comings and goings may be told of so long after they happened, where somebody came and went. */
const TOLD_LATE_MS = 65_000;
const SILENCE = /p2pchat:session link (\d+) ends: silence/;

export class Judge {
  readonly violations: string[] = [];
  looks = 0;
  /** Links that fell silent around a cut of less than 3 s: no violation, but worth knowing. */
  cutShort = 0;
  readonly #peers: readonly SoakPeer[];
  /** Of each life, how many lines of its trace have been read, and whom its links lead to. */
  readonly #read = new Map<object, { lines: number; readonly ends: Map<string, string> }>();

  constructor(peers: readonly SoakPeer[]) {
    this.#peers = peers;
  }

  violation(what: string, at = performance.now()): void {
    this.violations.push(`${(at / 1_000).toFixed(1)} s: ${what}`);
    console.log(`VIOLATION at ${this.violations.at(-1)}`);
  }

  /** Asks one of them who is here, and judges the answer by what has been done to everybody. */
  async look(observer: SoakPeer): Promise<void> {
    const askedAt = performance.now();
    const seen = await observer.sees();
    const answeredAt = performance.now();
    if (seen === undefined || observer.wasAway(askedAt - SETTLED_MS, answeredAt)) return;
    this.looks += 1;
    for (const name of new Set(seen)) {
      const rows = seen.filter((other) => other === name).length;
      if (rows > 1) this.violation(`${observer.name} lists ${name} ${rows} times`);
    }
    for (const subject of this.#peers) {
      const isSeen = seen.includes(subject.name);
      if (isSeen && subject.isAwaySince(askedAt - SETTLED_MS)) {
        this.violation(`${observer.name} lists ${subject.name}, who is gone for more than ${SETTLED_MS / 1_000} s`);
      }
      if (!isSeen && !subject.wasAway(askedAt - SETTLED_MS, answeredAt)) {
        this.violation(`${observer.name} does not list ${subject.name}, who is here`);
      }
    }
  }

  /** Reads what has come of everybody's lines since the last time: nobody who was here is called silent or gone. */
  readLines(): void {
    for (const observer of this.#peers) for (const life of observer.lives) this.#readLife(observer, life);
  }

  #readLife(observer: SoakPeer, life: SoakPeer['chat']): void {
    const read = this.#read.get(life) ?? { lines: 0, ends: new Map<string, string>() };
    this.#read.set(life, read);
    for (const { text, at } of life.stderr.slice(read.lines)) {
      read.lines += 1;
      const opened = /p2pchat:mesh link (\d+) (?:to|from) \S+ at (\S+):\d+$/.exec(text);
      if (opened !== null) read.ends.set(opened[1] ?? '', opened[2] ?? '');
      const silent = SILENCE.exec(text)?.[1];
      if (silent !== undefined) this.#silent(observer, read.ends.get(silent) ?? '', at);
      if (text.startsWith('-- ') && / left|came and /.test(text)) this.#left(observer, text, at);
    }
  }

  #silent(observer: SoakPeer, address: string, at: number): void {
    const bare = address.replace(/^\[|%.*$|\]$/g, '');
    const subject = this.#peers.find((peer) => peer.addresses.includes(bare));
    if (subject === undefined) return this.violation(`${observer.name} was linked with nobody's address ${address}`);
    const wereAway = [observer, subject].some((peer) => peer.wasAway(at - SETTLED_MS, at));
    const wereCutShort = [observer, subject].some((peer) => peer.wasCutShort(at - SETTLED_MS, at));
    if (wereCutShort) this.cutShort += 1;
    if (!wereAway) this.violation(`${observer.name} calls ${subject.name} silent, who is here`, at);
  }

  #left(observer: SoakPeer, text: string, at: number): void {
    for (const subject of this.#peers) {
      if (subject === observer || !left(subject.name).test(text)) continue;
      const wereAway = [observer, subject].some((peer) => peer.wasAway(at - TOLD_LATE_MS, at));
      if (!wereAway) this.violation(`${observer.name} tells that ${subject.name} left, who is here: ${text}`, at);
    }
  }
}
