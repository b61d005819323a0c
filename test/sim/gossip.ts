import { GENERAL } from '../../pkg/identity/room-name.ts';
import { nickOf } from '../unit/speaker.ts';
import type { Scenario } from './scenario.ts';
import type { SimHost } from './sim-host.ts';
import type { World } from './world.ts';

/** Share of what people do that is said in one go with others, and that is no message at all. */
const BURST_SHARE = 0.1;
const BURST_MESSAGES = 20;
const RENAME_SHARE = 0.02;

/** What people do in the course of a scenario: talk, one by one and in bursts, wave, change their names, scroll back. */
export class Gossip {
  readonly #world: World;
  readonly #hosts: readonly SimHost[];
  readonly #scenario: Scenario;
  #said = 0;

  constructor(world: World, hosts: readonly SimHost[], scenario: Scenario) {
    this.#world = world;
    this.#hosts = hosts;
    this.#scenario = scenario;
  }

  /** Plans everything for the time of the talk. */
  talk(): void {
    const { messagesEach, talkMs } = this.#scenario;
    const { random } = this.#world;
    for (const host of this.#hosts) {
      let left = messagesEach;
      while (left > 0) {
        const burst = random.fraction() < BURST_SHARE ? Math.min(left, 1 + random.below(BURST_MESSAGES)) : 1;
        left -= burst;
        this.#world.later(random.fraction() * talkMs, () => this.#act(host, burst));
      }
    }
  }

  #act(host: SimHost, messages: number): void {
    if (!host.alive) return;
    const { random } = this.#world;
    for (let count = 0; count < messages; count += 1) {
      this.#said += 1;
      const text = `${host.name} ${this.#said} `.padEnd(1 + random.below(this.#scenario.messageCharsMax), 'ä');
      host.command({ type: 'say', room: GENERAL, kind: random.fraction() < 0.1 ? 'action' : 'chat', text });
    }
    if (random.fraction() >= RENAME_SHARE) return;
    host.command({ type: 'older', room: GENERAL });
    host.command({ type: 'nick', nick: nickOf(`${host.name}_${this.#said}`) });
  }
}
