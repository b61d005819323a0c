/** A network on which everybody has a host and a disk of their own, to which they come back after every restart. */
import { allMeet } from '../crowd.ts';
import { MemoryWatch } from '../memory.ts';
import type { ChatProcess } from '../process.ts';
import { Stage } from '../stage.ts';
import type { Bridge } from './bridge.ts';
import type { Host } from './host.ts';
import { Island } from './island.ts';

interface House {
  readonly host: Host;
  readonly home: string;
}

/** What is said of somebody whose history has two versions, on the screen or in a trace. None of it may ever be. */
const FORK =
  /two different histories|used twice|copy of your identity|\bfork|bad-chain|bad-signature|bad-run|unasked|did not say/i;

export class Village {
  readonly island: Island;
  readonly stage = new Stage();
  readonly memory = new MemoryWatch();
  readonly #houses = new Map<string, House>();
  readonly #lives: ChatProcess[] = [];

  private constructor(island: Island) {
    this.island = island;
  }

  /** One bridge with a host for each name, on which nothing runs yet. */
  static async open(names: readonly string[]): Promise<Village> {
    const village = await Village.empty();
    await village.settle(await village.island.bridge('lan'), names);
    return village;
  }

  static async empty(): Promise<Village> {
    return new Village(await Island.open());
  }

  /** Gives everyone of `names` a host on a bridge. */
  async settle(bridge: Bridge, names: readonly string[]): Promise<void> {
    for (const name of names) {
      const host = await this.island.host(name);
      await host.connect(bridge, `10.77.0.${this.#houses.size + 1}/24`);
      this.#houses.set(name, { host, home: this.stage.home() });
    }
  }

  host(name: string): Host {
    return this.#house(name).host;
  }

  home(name: string): string {
    return this.#house(name).home;
  }

  /** Starts the program, for the first time or again. */
  start(name: string): ChatProcess {
    const { host, home } = this.#house(name);
    const chat = this.stage.start({ name, home, where: host, debug: 'p2pchat:feed,p2pchat:session' });
    this.#lives.push(chat);
    return chat;
  }

  /** Starts everybody and waits until each has met all the others; from then on their memory is watched. */
  async startAll(): Promise<ChatProcess[]> {
    const names = [...this.#houses.keys()];
    const chats = names.map((name) => this.start(name));
    await Promise.all(chats.map((chat) => chat.here()));
    await allMeet(chats);
    this.memory.watch(...chats);
    return chats;
  }

  /** Every line with which anybody, dead or alive, told of a history that is not as it should be. */
  complaints(): string[] {
    return this.#lives.flatMap((chat) =>
      chat.stderr.filter(({ text }) => FORK.test(text)).map(({ text }) => `${chat.name}: ${text}`),
    );
  }

  async close(): Promise<void> {
    this.memory.stop();
    await this.stage.close();
    await this.island.close();
  }

  #house(name: string): House {
    const house = this.#houses.get(name);
    if (house === undefined) throw new Error(`${name} does not live here`);
    return house;
  }
}
