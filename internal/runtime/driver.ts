/**
 * The shell around the core: the one place where inputs go in and effects come out. It owns one timer, performs effects
 * in order, and hands front ends their `Chat`. It decides nothing.
 */
import { never } from '../../pkg/base/assert.ts';
import type { Instant } from '../../pkg/base/units.ts';
import type { Chat } from '../../pkg/chat/chat.ts';
import type { Command } from '../../pkg/chat/command.ts';
import type { ChatEvent } from '../../pkg/chat/event.ts';
import type { Snapshot } from '../../pkg/chat/snapshot.ts';
import type { Acquaintance } from '../../pkg/mesh/acquaintance.ts';
import type { PeerConfig } from '../../pkg/peer/config.ts';
import type { Effect } from '../../pkg/peer/effect.ts';
import type { Input } from '../../pkg/peer/input.ts';
import { Peer } from '../../pkg/peer/peer.ts';
import type { Endpoint } from '../../pkg/wire/endpoint.ts';
import { sealed } from '../../pkg/wire/entry.ts';
import type { Identity } from '../crypto/identity.ts';
import { hashText, Verifier } from '../crypto/verifier.ts';
import type { Network } from '../net/network.ts';
import type { HistoryThread } from '../store/history-thread.ts';
import { writePeerCache } from '../store/peer-cache.ts';
import { readClock } from './clock.ts';
import { Disk } from './disk.ts';
import { Inbox } from './inbox.ts';
import type { Trace } from './trace.ts';

/** A timer that is set for longer wakes once in between; Node takes no longer one. */
const TIMER_MS_MAX = 0x7fff_ffff;

/** What the driver performs effects with. The ports deliver to `Driver.deliver`. */
export interface Ports {
  readonly identity: Identity;
  readonly history: HistoryThread;
  readonly network: Network;
  /** The file of acquaintances. */
  readonly peerCache: string;
  readonly trace: Trace;
  /** Finds out what the network lets through; what came of it, in words. Never rejects. */
  readonly examine: (linked: readonly Endpoint[], named: readonly Endpoint[]) => Promise<readonly string[]>;
}

export class Driver implements Chat {
  readonly #ports: Ports;
  readonly #group: string;
  readonly #peer: Peer;
  readonly #disk: Disk;
  readonly #verifier = new Verifier();
  readonly #inboxes = new Set<Inbox<ChatEvent>>();
  readonly #watchers = new Set<() => void>();
  readonly #finished = Promise.withResolvers<void>();
  #inputs: Input[] = [];
  #stepping = false;
  #timer: NodeJS.Timeout | undefined;
  #timerAt: Instant | undefined;
  #revisionTold = 0;
  #telling: NodeJS.Immediate | undefined;
  #stopped = false;

  constructor(config: PeerConfig, ports: Ports) {
    this.#ports = ports;
    this.#group = config.group;
    this.#peer = new Peer(config);
    this.#disk = new Disk(
      ports.history,
      (input) => this.deliver(input),
      (text) => ports.trace.write('store', text),
    );
  }

  /** Resolves when the goodbyes are said. */
  get finished(): Promise<void> {
    return this.#finished.promise;
  }

  snapshot(): Snapshot {
    return this.#peer.snapshot();
  }

  subscribe(changed: () => void): () => void {
    this.#watchers.add(changed);
    return () => this.#watchers.delete(changed);
  }

  events(signal: AbortSignal): AsyncIterable<ChatEvent> {
    const inbox = new Inbox<ChatEvent>(signal);
    this.#inboxes.add(inbox);
    signal.addEventListener('abort', () => this.#inboxes.delete(inbox), { once: true });
    return inbox.read();
  }

  do(command: Command): void {
    this.deliver({ type: 'command', command });
  }

  /** Takes an input in. One that comes while another is being stepped waits its turn, so steps never nest. */
  deliver(input: Input): void {
    if (this.#stopped) return;
    this.#inputs.push(input);
    if (this.#stepping) return;
    this.#stepping = true;
    try {
      for (let next = this.#inputs.shift(); next !== undefined; next = this.#inputs.shift()) {
        for (const effect of this.#peer.step(next, readClock())) this.#perform(effect);
      }
    } finally {
      this.#stepping = false;
    }
    this.#setTimer();
    this.#tellWatchers();
  }

  /** Resolves when everything asked of the disk so far is answered. */
  diskRests(): Promise<void> {
    return this.#disk.rest();
  }

  /** Takes no more inputs and lets go of the timer. What was to be stored is stored before the history has closed. */
  stop(): void {
    this.#disk.flush();
    this.#stopped = true;
    clearTimeout(this.#timer);
    clearImmediate(this.#telling);
  }

  #perform(effect: Effect): void {
    const { identity, network, trace } = this.#ports;
    const { links, datagrams } = network;
    switch (effect.type) {
      case 'datagram':
        return datagrams.send(effect.to, effect.text);
      case 'remember':
        return this.#remember(effect.peers);
      case 'dial':
        return links.dial(effect);
      case 'send':
        return links.send(effect.link, effect.text);
      case 'close':
        return links.close(effect.link, effect.why);
      case 'flow':
        return links.flow(effect.link, effect.reading);
      case 'sign': {
        const text = sealed(effect.text, identity.sign(effect.context, effect.text));
        return this.deliver({ type: 'signed', ticket: effect.ticket, text, hash: hashText(text) });
      }
      case 'verify':
        void this.#verify(effect);
        return;
      case 'store':
      case 'load':
      case 'page':
      case 'search':
      case 'keep-fork':
      case 'hold':
      case 'let-go':
        return this.#disk.add(effect);
      case 'examine':
        void this.#examine(effect);
        return;
      case 'event':
        for (const inbox of this.#inboxes) inbox.push(effect.event);
        return;
      case 'trace':
        return trace.write(effect.scope, effect.text);
      case 'finished':
        return this.#finished.resolve();
      default:
        return never(effect);
    }
  }

  /** Whoever cannot be remembered is found again by other ways. */
  #remember(peers: readonly Acquaintance[]): void {
    const { peerCache, trace } = this.#ports;
    try {
      writePeerCache(peerCache, this.#group, peers);
    } catch (error) {
      trace.write('store', error instanceof Error ? error.message : String(error));
    }
  }

  async #verify(effect: Extract<Effect, { readonly type: 'verify' }>): Promise<void> {
    const { ticket, author, context, signed, signature, texts } = effect;
    const valid = await this.#verifier.verify(author, context, signed, signature);
    this.deliver({ type: 'verified', ticket, valid, hashes: texts.map(hashText) });
  }

  async #examine({ linked, named }: Extract<Effect, { readonly type: 'examine' }>): Promise<void> {
    this.deliver({ type: 'examined', lines: await this.#ports.examine(linked, named) });
  }

  #setTimer(): void {
    const at = this.#peer.nextDeadline();
    if (at === this.#timerAt) return;
    clearTimeout(this.#timer);
    this.#timerAt = at;
    if (at === undefined) return;
    const waitMs = Math.min(Math.max(0, Math.ceil(at - readClock().at)), TIMER_MS_MAX);
    this.#timer = setTimeout(() => {
      this.#timerAt = undefined;
      this.deliver({ type: 'wake' });
    }, waitMs);
  }

  /** Tells watchers once a turn that something has changed, outside of any step. */
  #tellWatchers(): void {
    if (this.#peer.revision === this.#revisionTold || this.#telling !== undefined) return;
    this.#telling = setImmediate(() => {
      this.#telling = undefined;
      this.#revisionTold = this.#peer.revision;
      for (const changed of this.#watchers) changed();
    });
  }
}
