import { CARDS_LOOK_INTERVAL_MS, CLOCK_JUMP_MS } from '../../pkg/base/limits.ts';
import { between, type Now } from '../../pkg/base/units.ts';
import type { Input } from '../../pkg/peer/input.ts';
import type { Identity } from '../crypto/identity.ts';
import { Datagrams } from './datagrams.ts';
import { Departures } from './departures.ts';
import {
  type Card,
  cardsMeant,
  cardText,
  chooseInterfaces,
  missingOf,
  readMachine,
  sameCards,
  shownInterfaces,
} from './interfaces.ts';
import { Links } from './links.ts';
import { EVERY_ADDRESS } from './listener.ts';

export interface NetworkOptions {
  readonly identity: Identity;
  /** The multicast group and its port. */
  readonly group: { readonly address: string; readonly port: number };
  /** The TCP port to try first, and whether the person named it. */
  readonly port: number;
  readonly portNamed: boolean;
  /** Names or addresses of the cards to use; empty for all. One that is not there is used when it comes. */
  readonly interfaces: readonly string[];
  readonly readClock: () => Now;
  readonly deliver: (input: Input) => void;
  /** Told of everything that failed or changed, for the trace. */
  readonly trouble: (text: string) => void;
}

/**
 * The two ports of this process, on the cards that it has at each moment. A look at the cards every second keeps them so:
 * what has come is used, what has gone is let go, what failed is tried again, and `network` is delivered once a way is
 * open that was not there. The same look notices that the machine has slept, by its two clocks having drifted apart, and
 * delivers a `wake`.
 */
export class Network {
  readonly links: Links;
  readonly datagrams: Datagrams;
  readonly #options: NetworkOptions;
  readonly #departures = new Departures();
  #cards: readonly Card[];
  #lookedAt: Now;
  #port = 0;
  #timer: NodeJS.Timeout | undefined;
  #looking: Promise<void> = Promise.resolve();
  #stopped = false;

  private constructor(options: NetworkOptions, cards: readonly Card[]) {
    const { identity, group, interfaces, deliver, trouble } = options;
    this.#options = options;
    this.#cards = cards;
    this.#lookedAt = options.readClock();
    this.links = new Links({ identity, deliver, trouble });
    const choosy = interfaces.length > 0;
    this.datagrams = new Datagrams({ group: group.address, port: group.port, choosy, deliver, trouble });
  }

  /**
   * Accepts links and hears datagrams, as far as the cards let it. Throws a `NetworkError` where no link can be accepted,
   * and leaves nothing open then.
   */
  static async open(options: NetworkOptions): Promise<Network> {
    const { cards, addresses } = readMachine();
    const network = new Network(options, chooseInterfaces(options.interfaces, cards));
    network.#departures.gone(addresses, network.#lookedAt.at);
    const { port, portNamed } = options;
    network.#port = await network.links.listen({ addresses: network.#listensOn(), port, named: portNamed });
    await network.datagrams.use(network.#cards);
    return network;
  }

  /** The TCP port on which links are accepted. */
  get port(): number {
    return this.#port;
  }

  /** Those of the cards asked for that are not there. */
  get missing(): readonly string[] {
    return missingOf(this.#options.interfaces, this.#cards);
  }

  /** Delivers the cards in use, now and whenever they change. */
  watch(): void {
    this.#tell();
    this.#schedule();
  }

  /** Closes everything; resolves when no handle is left. */
  async stop(): Promise<void> {
    this.#stopped = true;
    clearTimeout(this.#timer);
    await this.#looking;
    await Promise.all([this.datagrams.close(), this.links.stop()]);
  }

  #schedule(): void {
    if (this.#stopped) return;
    this.#timer = setTimeout(() => {
      this.#looking = this.#look().finally(() => this.#schedule());
    }, CARDS_LOOK_INTERVAL_MS);
  }

  async #look(): Promise<void> {
    const { interfaces, deliver, readClock, trouble } = this.#options;
    const now = readClock();
    if (hasSlept(this.#lookedAt, now)) deliver({ type: 'wake' });
    this.#lookedAt = now;
    const { cards, addresses } = readMachine();
    const chosen = cardsMeant(interfaces, cards);
    const changed = !sameCards(chosen, this.#cards);
    this.#cards = chosen;
    if (changed) trouble(`the cards are now ${chosen.map(cardText).join(', ') || 'none'}`);
    this.links.forsake(this.#departures.gone(addresses, now.at));
    const listening = await this.links.listenOn(this.#listensOn());
    const heard = await this.datagrams.use(chosen);
    if (!this.#stopped && (changed || listening || heard)) this.#tell();
  }

  #listensOn(): readonly string[] {
    return this.#options.interfaces.length === 0 ? EVERY_ADDRESS : this.#cards.map(({ address }) => address);
  }

  #tell(): void {
    const { deliver, interfaces } = this.#options;
    deliver({ type: 'network', interfaces: shownInterfaces(this.#cards, interfaces) });
  }
}

/** While a machine sleeps its wall clock goes on and the other stands still. */
function hasSlept(before: Now, now: Now): boolean {
  return Math.abs(now.wall - before.wall - between(before.at, now.at)) > CLOCK_JUMP_MS;
}
