import { expect } from 'vitest';
import { EXCHANGE_WAIT_MS_MAX } from '../../../pkg/base/limits.ts';
import { type LinkId, linkId } from '../../../pkg/base/link-id.ts';
import { instant } from '../../../pkg/base/units.ts';
import type { PeerId } from '../../../pkg/identity/peer-id.ts';
import { Exchange, type ExchangeOut } from '../../../pkg/mesh/exchange.ts';
import type { Endpoint } from '../../../pkg/wire/endpoint.ts';
import type { Peers, ToldPeer } from '../../../pkg/wire/message.ts';
import { toyPeerId } from '../../sim/toy-crypto.ts';
import { nickOf } from '../speaker.ts';

export const me = toyPeerId('me');
export const [bob, carol, dave, erin] = [toyPeerId('bob'), toyPeerId('carol'), toyPeerId('dave'), toyPeerId('erin')];
const LAN = { address: '192.168.1.7', port: 50_000 };
const NOT_OURS = '9.zzz';

/** An exchange among neighbours, under a clock of one's own. */
export class Table {
  readonly places = new Map<PeerId, readonly Endpoint[]>();
  readonly exchange: Exchange;
  now = 0;
  #links = 0;

  constructor() {
    const placesOf = (peer: PeerId) => this.places.get(peer) ?? [];
    this.exchange = new Exchange(
      { me, nickOf: (peer) => (peer === me ? undefined : nickOf('somebody')), placesOf },
      instant(0),
    );
  }

  link(peer: PeerId, end: Endpoint = LAN): LinkId {
    this.#links += 1;
    const link = linkId(this.#links);
    this.exchange.linkUp(link, peer, end, instant(this.now));
    return link;
  }

  unlink(link: LinkId): ExchangeOut[] {
    return this.exchange.linkDown(link, instant(this.now));
  }

  beat(link: LinkId, circle = NOT_OURS): ExchangeOut[] {
    return this.exchange.beat(link, circle, instant(this.now));
  }

  who(link: LinkId): ExchangeOut[] {
    return this.exchange.who(link, instant(this.now));
  }

  answer(link: LinkId, peers: readonly ToldPeer[], whole = true): ExchangeOut[] {
    const line: Peers = { type: 'peers', peers: [...peers], ...(whole ? { whole } : {}) };
    return this.exchange.peers(link, line, instant(this.now));
  }

  /** Wakes at each deadline up to `until`: what came of it, each with its time. */
  run(until: number): { readonly at: number; readonly out: ExchangeOut }[] {
    const outs: { at: number; out: ExchangeOut }[] = [];
    for (let next = this.exchange.nextDeadline(); next !== undefined && next <= until; ) {
      this.now = Math.max(this.now, next);
      for (const out of this.exchange.due(instant(this.now))) outs.push({ at: this.now, out });
      next = this.exchange.nextDeadline();
    }
    this.now = until;
    return outs;
  }

  /** Who is asked until then, and when. */
  asked(until: number): (readonly [number, LinkId])[] {
    return this.run(until).flatMap(({ at, out }) => {
      return out.type === 'send' && out.text === '{"type":"who"}\n' ? [[at, out.link] as const] : [];
    });
  }

  /** Has a neighbour asked, and answer. */
  hear(link: LinkId, peers: readonly ToldPeer[], circle = NOT_OURS): ExchangeOut[] {
    this.beat(link, circle);
    expect(this.asked(this.now + 2 * EXCHANGE_WAIT_MS_MAX).map(([, asked]) => asked)).toContain(link);
    return this.answer(link, peers);
  }
}

export function told(peer: PeerId, ...at: readonly string[]): ToldPeer {
  return { peer, nick: nickOf('told'), at: at.map((address) => [address, 9000]) };
}
