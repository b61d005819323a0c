import {
  CLOCK_STEP_MAX,
  CONTROL_LINES_BURST_MAX,
  COUNT_MAX,
  LINE_BYTES_MAX,
  SEQUENCE_MAX,
} from '../../pkg/base/limits.ts';
import type { Random } from '../../pkg/base/random.ts';
import { GENERAL, isRoomName } from '../../pkg/identity/room-name.ts';
import { nickOf, Speaker } from '../unit/speaker.ts';
import { Liar } from './liar.ts';
import type { SimHost } from './sim-host.ts';
import type { World } from './world.ts';

/** A liar of a swarm: dials an honest host now and then and tells it something untrue, drawn from all lies there are. */
export class Prankster {
  readonly #world: World;
  readonly #victims: readonly SimHost[];
  readonly #liar: Liar;
  readonly #random: Random;
  /** What it says of itself, in two histories. */
  readonly #selves: readonly [Speaker, Speaker];
  #said = 0;

  constructor(world: World, name: string, victims: readonly SimHost[]) {
    this.#world = world;
    this.#random = world.random;
    this.#victims = victims;
    this.#liar = new Liar(world, name);
    this.#selves = [new Speaker(name), new Speaker(name)];
  }

  /** Lies `times` times within the next `spanMs`, then is gone. */
  lie(times: number, spanMs: number): void {
    for (let time = 0; time < times; time += 1) {
      this.#world.later(this.#random.fraction() * spanMs, () => this.#attack());
    }
    this.#world.later(spanMs, () => this.#liar.crash());
  }

  #attack(): void {
    const victim = this.#anyVictim();
    const lies = [
      () => this.#forge(victim, false),
      () => this.#forge(victim, true),
      () => this.#replay(),
      () => this.#fork(),
      () => this.#fork(),
      () => this.#gap(),
      () => this.#oversize(),
      () => this.#wrongRoom(),
      () => this.#absurdHave(),
      () => this.#leap(),
      () => this.#flood(victim),
      () => this.#rubbish(),
    ];
    const lie = lies[this.#random.below(lies.length)];
    if (lie === undefined) throw new Error('no lie');
    this.#liar.attack(victim, lie(), this.#random.fraction() < 0.95);
  }

  #anyVictim(): SimHost {
    const victim = this.#victims[this.#random.below(this.#victims.length)];
    if (victim === undefined) throw new Error('nobody to lie to');
    return victim;
  }

  #next(): string {
    this.#said += 1;
    return `untrue ${this.#said}`;
  }

  /** Entries of somebody else, offered after a claim to have them, so that they may be asked for. */
  #forge(victim: SimHost, claimed: boolean): string {
    const forger = new Speaker(this.#anyVictim().name);
    const held = victim.disk.head({ room: GENERAL, author: forger.peer });
    const last = victim.disk.runs().findLast(({ run }) => run.author === forger.peer);
    if (last !== undefined) forger.end = { sequence: held, clock: last.run.clock, hash: last.hash };
    const { text } = forger.say(this.#next(), { forged: true });
    const have = JSON.stringify({ type: 'have', room: GENERAL, heads: [[forger.peer, held + 1]], whole: true });
    return `${claimed ? `${have}\n` : ''}${text}\n`;
  }

  /** What somebody truly said, again. */
  #replay(): string {
    const runs = this.#anyVictim().disk.runs();
    const hashed = runs[this.#random.below(runs.length)];
    return hashed === undefined ? '' : `${hashed.run.text}\n`;
  }

  #fork(): string {
    const self = this.#selves[this.#random.below(2)] ?? this.#selves[0];
    return `${self.say(this.#next()).text}\n`;
  }

  #gap(): string {
    const [self] = this.#selves;
    return `${self.aside(this.#next(), { sequence: self.end.sequence + 5 }).text}\n`;
  }

  #oversize(): string {
    return this.#random.fraction() < 0.5
      ? 'x'.repeat(LINE_BYTES_MAX + 1)
      : `{"type":"chat","x":"${'x'.repeat(9_000)}"}\n`;
  }

  #wrongRoom(): string {
    const room = '#elsewhere';
    if (!isRoomName(room)) throw new Error('no room');
    return `${new Speaker(this.#liar.name, room).say(this.#next()).text}\n`;
  }

  #absurdHave(): string {
    const heads = this.#victims.map(({ peer }) => [peer, SEQUENCE_MAX]);
    return `${JSON.stringify({ type: 'have', room: GENERAL, heads, whole: true, clock: COUNT_MAX })}\n`;
  }

  #leap(): string {
    const [self] = this.#selves;
    const far = this.#random.fraction() < 0.5 ? CLOCK_STEP_MAX : CLOCK_STEP_MAX - 1;
    return `${self.say(this.#next(), { clock: self.end.clock + far }).text}\n`;
  }

  #flood({ peer }: SimHost): string {
    const lines = [
      { type: 'beat', sent: 1, circle: '', digests: [[GENERAL, 'x']] },
      { type: 'want', room: GENERAL, author: peer, from: 1, to: COUNT_MAX },
      { type: 'nick', nick: nickOf(`liar_${this.#random.below(100)}`) },
    ];
    const line = JSON.stringify(lines[this.#random.below(lines.length)]);
    return `${line}\n`.repeat(1 + this.#random.below(2 * CONTROL_LINES_BURST_MAX));
  }

  #rubbish(): string {
    const rubbish = [
      '\u0000\n',
      '{}\n',
      '[]\n',
      '{"type":"hello"}\n',
      '{"type":"bye","code":"goodbye","reason":""}\nmore\n',
      '{"type',
    ];
    return rubbish[this.#random.below(rubbish.length)] ?? '';
  }
}
