import type { Socket } from 'node:dgram';
import { failureCode } from '../../pkg/base/machine-error.ts';
import { broadcastOf, ipv6GroupOf, isIPv6, scopeOf } from './addresses.ts';
import { type Card, cardText } from './interfaces.ts';
import { Failures, Openings, type Wanted } from './openings.ts';
import { shutUdp } from './udp.ts';

export interface EarsOptions {
  /** The IPv4 group and the port on which everybody listens for it. */
  readonly group: string;
  readonly port: number;
  /** Opens a socket on the shared port at an address; what it hears is delivered. */
  readonly open: (address: string) => Promise<Socket>;
  readonly trouble: (text: string) => void;
}

/** A socket that hears a group, and the cards on which it has joined it. */
interface Ear {
  readonly socket: Socket;
  /** Undefined where it hears one card alone, or needs no membership. */
  readonly group: string | undefined;
  /** The memberships, by `membershipOf`. */
  readonly joined: Set<string>;
}

/**
 * The sockets on the port of the group. Linux lets them be bound to what they are to hear, and to nothing else: the
 * IPv4 group, the IPv6 group on each card, the broadcast address of each network. Elsewhere one socket for each family
 * hears everything that comes to the port, and has joined the group on each card.
 */
export class Ears {
  readonly #options: EarsOptions;
  readonly #openings: Openings<Ear>;
  readonly #joining: Failures;

  constructor(options: EarsOptions) {
    this.#options = options;
    const { trouble } = options;
    this.#openings = new Openings({ trouble, close: ({ socket }) => shutUdp(socket) });
    this.#joining = new Failures(trouble);
  }

  /** What cannot be heard: `listen for 224.0.0.1:9999` and why, `join …`. */
  get failures(): readonly (readonly [string, string])[] {
    return [...this.#openings.failures, ...this.#joining.codes];
  }

  /** Hears on these cards and no others; whether something new can be heard. To be awaited before the next call. */
  async use(cards: readonly Card[]): Promise<boolean> {
    const opened = await this.#openings.keep(this.#wanted(cards));
    const joined = this.#openings.all().map((ear) => this.#join(ear, cards));
    return opened || joined.includes(true);
  }

  async close(): Promise<void> {
    await this.#openings.close();
  }

  #wanted(cards: readonly Card[]): readonly Wanted<Ear>[] {
    const { group } = this.#options;
    const six = ipv6GroupOf(group);
    const cards6 = cards.filter(({ address }) => isIPv6(address));
    if (process.platform !== 'linux') {
      return [this.#ear(group, '0.0.0.0', group), ...(cards6.length === 0 ? [] : [this.#ear(six, '::', six)])];
    }
    const broadcasts = new Set(cards.flatMap(({ address, netmask }) => broadcastOf(address, netmask) ?? []));
    return [
      this.#ear(group, group, group),
      ...[...broadcasts].map((address) => this.#ear(address, address, undefined)),
      ...cards6.map((card) => this.#scopedEar(six, card)),
    ];
  }

  /** An ear that is there whatever cards there are. */
  #ear(name: string, address: string, group: string | undefined): Wanted<Ear> {
    const { port, open } = this.#options;
    return {
      what: `listen for ${name}:${port}`,
      on: '',
      open: async () => {
        // A system that cannot bind to a group can bind to everything.
        const socket = await open(address).catch((cause) => {
          if (address !== group) throw cause;
          return open('0.0.0.0');
        });
        return { socket, group, joined: new Set() };
      },
    };
  }

  /** An ear for the IPv6 group on one card. */
  #scopedEar(group: string, { address, hardware = '' }: Card): Wanted<Ear> {
    const { port, open } = this.#options;
    const scope = scopeOf(address) ?? '';
    return {
      what: `listen for ${group}%${scope} ${port}`,
      on: hardware,
      open: async () => {
        const socket = await open(`${group}%${scope}`);
        try {
          socket.addMembership(group, `::%${scope}`);
        } catch (cause) {
          await shutUdp(socket);
          throw cause;
        }
        return { socket, group: undefined, joined: new Set() };
      },
    };
  }

  /** Whether it has joined on a card on which it had not. */
  #join({ socket, group, joined }: Ear, cards: readonly Card[]): boolean {
    if (group === undefined) return false;
    const meant = cards.filter(({ address }) => isIPv6(address) === isIPv6(group));
    const wanted = new Map(meant.map((card) => [membershipOf(card), card]));
    const gone = [...joined].filter((membership) => !wanted.has(membership));
    for (const membership of gone) leave(socket, group, membership);
    // A second address of a card has no membership of its own: it may have lost that of the first, so all are joined anew.
    if (gone.length > 0) joined.clear();
    this.#joining.keep((what) => meant.some((card) => what === joinText(group, card)));
    let news = false;
    for (const [membership, card] of wanted) {
      if (joined.has(membership)) continue;
      try {
        socket.addMembership(group, addressIn(membership));
        news = true;
      } catch (cause) {
        if (failureCode(cause) !== 'EADDRINUSE') {
          this.#joining.failed(joinText(group, card), cause);
          continue;
        }
      }
      joined.add(membership);
      this.#joining.passed(joinText(group, card));
    }
    return news;
  }
}

/** Where a membership is taken out, and on which card, should another one take its place there. */
function membershipOf({ address, hardware = '' }: Card): string {
  return `${isIPv6(address) ? `::%${scopeOf(address)}` : address} ${hardware}`;
}

function addressIn(membership: string): string {
  return membership.split(' ')[0] ?? '';
}

function leave(socket: Socket, group: string, membership: string): void {
  try {
    socket.dropMembership(group, addressIn(membership));
  } catch {
    // The card is gone, and the membership with it.
  }
}

function joinText(group: string, card: Card): string {
  return `join ${group} on ${cardText(card)}`;
}
