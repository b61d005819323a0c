import { LINKS_MAX_DEFAULT } from '../../../pkg/base/limits.ts';
import { linkId } from '../../../pkg/base/link-id.ts';
import { instant, type Now, wallTime } from '../../../pkg/base/units.ts';
import { GENERAL } from '../../../pkg/identity/room-name.ts';
import type { PeerConfig } from '../../../pkg/peer/config.ts';
import type { Effect } from '../../../pkg/peer/effect.ts';
import type { Input } from '../../../pkg/peer/input.ts';
import { Peer } from '../../../pkg/peer/peer.ts';
import { sealed } from '../../../pkg/wire/entry.ts';
import { isInstanceId } from '../../../pkg/wire/fields.ts';
import { hashText, toyPeerId, toySign } from '../../sim/toy-crypto.ts';
import { GROUP, nickOf } from '../speaker.ts';

const LINK = linkId(1);
const STARTED_AT = Date.UTC(2026, 0, 1);

type Stored = Pick<PeerConfig, 'heads' | 'outbox'>;

const NOTHING: Stored = { heads: [], outbox: [] };

/** One of two peers, with its world: a disk that is fast and gives back nothing but heads, and the other one. */
class Voice {
  readonly name: string;
  readonly machine: Peer;
  readonly address: string;

  constructor(name: string, place: number, stored: Stored = NOTHING) {
    const instance = `${place}`.repeat(16);
    if (!isInstanceId(instance)) throw new Error('no instance');
    this.name = name;
    this.address = `10.0.0.${place}`;
    this.machine = new Peer({
      me: toyPeerId(name),
      nick: nickOf(name),
      instance,
      port: 8080,
      group: GROUP,
      linksMax: LINKS_MAX_DEFAULT,
      targets: [],
      remembered: [],
      software: 'duet',
      ...stored,
      startedAt: now(0),
      seed: place,
      tracing: false,
    });
  }
}

/** Two peers on a network that loses nothing and takes a millisecond for everything; what happens is written down. */
export class Duet {
  readonly alice: Voice;
  readonly bob = new Voice('bob', 2);
  at = 0;
  readonly #lines: string[] = [];
  readonly #waiting: { readonly to: Voice; readonly input: Input }[] = [];
  readonly #present = new Set<Voice>();

  /** `stored` is what alice's disk holds at start. */
  constructor(stored: Stored = NOTHING) {
    this.alice = new Voice('alice', 1, stored);
  }

  /** What happened since it was last asked: inputs with `<`, their effects below them with `>`. */
  transcript(title: string): string {
    const text = [`== ${title}`, ...this.#lines.splice(0), ''].join('\n');
    return this.#plain(text);
  }

  start(voice: Voice): void {
    this.#present.add(voice);
    this.take(voice, { type: 'network', interfaces: [{ name: 'eth0', address: voice.address }] });
    this.settle();
  }

  say(voice: Voice, text: string): void {
    this.take(voice, { type: 'command', command: { type: 'say', room: GENERAL, kind: 'chat', text } });
    this.settle();
  }

  leave(voice: Voice): void {
    this.take(voice, { type: 'command', command: { type: 'leave', reason: 'lunch' } });
    this.settle();
  }

  /** Wakes both at their deadlines until the instant `until`. */
  wait(until: number): void {
    for (;;) {
      const next = [...this.#present].sort((a, b) => deadline(a) - deadline(b))[0];
      if (next === undefined || deadline(next) > until) break;
      this.at = Math.max(this.at, deadline(next));
      this.take(next, { type: 'wake' });
      this.settle();
    }
    this.at = until;
  }

  settle(): void {
    for (let next = this.#waiting.shift(); next !== undefined; next = this.#waiting.shift()) {
      this.at += 1;
      this.take(next.to, next.input);
    }
  }

  take(voice: Voice, input: Input): void {
    this.#lines.push(`${this.at} ${voice.name} < ${shown(input)}`);
    for (const effect of voice.machine.step(input, now(this.at))) {
      this.#lines.push(`    > ${shown(effect)}`);
      this.#perform(voice, effect);
    }
  }

  #perform(voice: Voice, effect: Effect): void {
    const other = voice === this.alice ? this.bob : this.alice;
    const later = (to: Voice, input: Input) => this.#waiting.push({ to, input });
    switch (effect.type) {
      case 'datagram': {
        const from = { address: voice.address, port: 40_000 };
        if (this.#present.has(other))
          later(other, { type: 'datagram', from, bytes: new TextEncoder().encode(effect.text) });
        return;
      }
      case 'dial': {
        const from = { address: voice.address, port: 50_000 };
        later(other, { type: 'link-opened', link: LINK, peer: toyPeerId(voice.name), from, dial: undefined });
        const [to] = effect.to;
        if (to === undefined) throw new Error('a dial to nowhere');
        const { dial } = effect;
        later(voice, { type: 'link-opened', link: LINK, peer: toyPeerId(other.name), from: to, dial });
        return;
      }
      case 'send':
        later(other, { type: 'bytes', link: LINK, bytes: new TextEncoder().encode(effect.text) });
        return;
      case 'close':
        later(voice, { type: 'link-closed', link: LINK, why: 'closed here' });
        return;
      case 'sign': {
        const text = sealed(effect.text, toySign(toyPeerId(voice.name), effect.context, effect.text));
        return this.take(voice, { type: 'signed', ticket: effect.ticket, text, hash: hashText(text) });
      }
      case 'verify': {
        const valid = toySign(effect.author, effect.context, effect.signed) === effect.signature;
        return this.take(voice, { type: 'verified', ticket: effect.ticket, valid, hashes: effect.texts.map(hashText) });
      }
      case 'store':
        return this.take(voice, { type: 'stored', ticket: effect.ticket });
      case 'load':
        return this.take(voice, { type: 'loaded', ticket: effect.ticket, runs: [], more: false });
      case 'page':
        return this.take(voice, { type: 'paged', ticket: effect.ticket, runs: [], floor: 0 });
      case 'search':
        return this.take(voice, { type: 'found', ticket: effect.ticket, hits: [] });
      case 'finished':
        this.#present.delete(voice);
    }
  }

  /** Names instead of keys, and no bytes that only a machine can read. */
  #plain(text: string): string {
    return text
      .replaceAll(toyPeerId('alice'), '<alice>')
      .replaceAll(toyPeerId('bob'), '<bob>')
      .replaceAll(/"sig":"[^"]{86}"/g, '"sig":"…"')
      .replaceAll(/\b[A-Za-z0-9_-]{86}\b/g, '…')
      .replaceAll(/"(prev|hash)":"[^"]{43}"/g, '"$1":"…"');
  }
}

function deadline(voice: Voice): number {
  return voice.machine.nextDeadline() ?? Number.POSITIVE_INFINITY;
}

function now(at: number): Now {
  return { at: instant(at), wall: wallTime(STARTED_AT + at) };
}

function shown(what: Input | Effect): string {
  const { type, ...fields } = what;
  if (what.type === 'bytes' || what.type === 'datagram') {
    const text = 'bytes' in what ? new TextDecoder().decode(what.bytes) : what.text;
    return [type, ...text.trimEnd().split('\n')].join('\n        ');
  }
  if (what.type === 'send') return [type, ...what.text.trimEnd().split('\n')].join('\n        ');
  if (what.type === 'store') return `store ${what.runs.map(({ run }) => `${run.first} to ${run.last}`).join()}`;
  if (what.type === 'signed') return `signed ticket ${what.ticket}`;
  if (what.type === 'verified') return `verified ticket ${what.ticket}: ${what.valid}`;
  if (what.type === 'stored' || what.type === 'loaded') return `${type} ticket ${what.ticket}`;
  if (what.type === 'sign') return `sign ${what.context} ticket ${what.ticket}`;
  if (what.type === 'verify') return `verify ${what.context} ticket ${what.ticket} of ${what.author}`;
  const text = JSON.stringify(fields);
  return text === '{}' ? type : `${type} ${text}`;
}
