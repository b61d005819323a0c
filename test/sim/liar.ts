import { PROTOCOL_VERSION } from '../../pkg/base/limits.ts';
import { dialId, type LinkId } from '../../pkg/base/link-id.ts';
import type { Input } from '../../pkg/peer/input.ts';
import { type InstanceId, isInstanceId } from '../../pkg/wire/fields.ts';
import { LineSplitter } from '../../pkg/wire/lines.ts';
import { decodeMessage, encodeMessage, type Message, type Want } from '../../pkg/wire/message.ts';
import { GROUP, nickOf } from '../unit/speaker.ts';
import { SimHost } from './sim-host.ts';
import type { World } from './world.ts';

/** Somebody with a true key who dials whom it likes and then says what it likes. */
export class Liar extends SimHost {
  /** What the other side said on the link, in order. */
  readonly heard: Message[] = [];
  readonly #world: World;
  #dials = 0;
  readonly #splitters = new Map<LinkId, LineSplitter>();
  /** What it sends when it is asked for entries. */
  answer: (want: Want) => string = () => '';
  #script: { readonly text: string; readonly hello: boolean } = { text: '', hello: true };

  constructor(world: World, name: string) {
    super(world, name, world.hosts.length);
    this.#world = world;
    world.join(this);
    world.checker.liars.add(this.peer);
    world.checker.started(this);
  }

  override start(): void {
    this.begin();
  }

  /** Dials a host and says `text` as soon as the link stands, after a hello unless told otherwise. */
  attack(victim: SimHost, text: string, hello = true): void {
    if (!this.alive) this.start();
    this.heard.length = 0;
    this.#script = { text, hello };
    this.#dials += 1;
    const to = [{ address: victim.address, port: 8080 }];
    this.#world.dial(this, { type: 'dial', dial: dialId(this.#dials), peer: victim.peer, to });
  }

  /** The code with which the other side ended the link, if it did. */
  get byeCode(): string | undefined {
    const bye = this.heard.find((message) => message.type === 'bye');
    return bye?.type === 'bye' ? bye.code : undefined;
  }

  override take(input: Input): void {
    if (!this.alive) return;
    if (input.type === 'link-opened') this.#speak(input.link);
    if (input.type !== 'bytes') return;
    const splitter = this.#splitters.get(input.link) ?? new LineSplitter();
    this.#splitters.set(input.link, splitter);
    for (const line of splitter.push(input.bytes).lines) {
      const message = decodeMessage(line);
      if (message.type !== 'fault') this.heard.push(message);
      if (message.type === 'want') this.links.get(input.link)?.send(this.answer(message));
    }
  }

  #speak(link: LinkId): void {
    const { text, hello } = this.#script;
    const greeting = encodeMessage({
      type: 'hello',
      version: PROTOCOL_VERSION,
      instance: this.#instance(),
      nick: nickOf(this.name),
      group: GROUP,
      port: 8080,
      lost: 0,
      software: 'liar',
    });
    this.links.get(link)?.send(`${hello ? `${greeting}\n` : ''}${text}`);
  }

  #instance(): InstanceId {
    const text = this.#world.random.below(0x1_0000_0000).toString(16).padStart(16, '0');
    if (!isInstanceId(text)) throw new Error('no instance');
    return text;
  }
}
