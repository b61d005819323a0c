import { createSocket, type RemoteInfo, type Socket } from 'node:dgram';
import { once } from 'node:events';
import { PROTOCOL_VERSION } from '../../pkg/base/limits.ts';
import { failureCode } from '../../pkg/base/machine-error.ts';
import { sealed, unsealed } from '../../pkg/wire/entry.ts';
import type { InstanceId, Way } from '../../pkg/wire/fields.ts';
import type { Identity } from '../crypto/identity.ts';
import { broadcastOf, ipv6GroupOf, isIPv6 } from '../net/addresses.ts';
import type { Card } from '../net/interfaces.ts';
import { Ears, shut } from './ears.ts';
import type { EarFact, GroupWay, WayFact } from './facts.ts';
import type { Roll } from './roll.ts';

export interface ProberOptions {
  readonly identity: Identity;
  readonly instance: InstanceId;
  readonly group: { readonly address: string; readonly port: number };
  /** The TCP port that the probes name. */
  readonly port: number;
  readonly chosen: readonly Card[];
  readonly others: readonly Card[];
  readonly platform: NodeJS.Platform;
  /** Gets whatever comes in. */
  readonly roll: Roll;
}

interface Voice {
  readonly card: Card;
  readonly way: GroupWay;
  readonly socket: Socket;
  readonly to: string;
  sent: boolean;
  failure: string | undefined;
  echoed: boolean;
}

/** A probe has so many bytes, so that the longest announce is no longer and may answer it. */
const PROBE_BYTES = 960;
const MULTICAST_TTL = 1;

/** Sends probes by every way on every address in use, and hears what comes back: echoes, answers, announces, strangers. */
export class Prober {
  readonly #options: ProberOptions;
  readonly #voices: Voice[] = [];
  readonly #mute: WayFact[] = [];
  readonly #sockets: Socket[] = [];
  readonly #probes = new Map<Way, Buffer>();
  #ears: Ears | undefined;

  private constructor(options: ProberOptions) {
    this.#options = options;
  }

  static async open(options: ProberOptions): Promise<Prober> {
    const prober = new Prober(options);
    const { group, chosen, others, platform } = options;
    prober.#ears = await Ears.open({
      group: group.address,
      group6: ipv6GroupOf(group.address),
      port: group.port,
      chosen,
      others,
      platform,
      heard: (bytes, from, way) => prober.#heard(bytes, from, way),
    });
    await Promise.all(chosen.map((card) => prober.#speak(card)));
    return prober;
  }

  get ears(): readonly EarFact[] {
    return this.#ears?.facts ?? [];
  }

  get ways(): readonly WayFact[] {
    const spoken = this.#voices.map(({ card, way, sent, failure, echoed }) => {
      return { card: card.name, address: card.address, way, failure: sent ? undefined : failure, echoed };
    });
    return [...spoken, ...this.#mute];
  }

  /** One probe by each way on each address. */
  probe(): void {
    for (const voice of this.#voices) {
      const failed = (cause: unknown) => {
        voice.failure = failureCode(cause);
      };
      try {
        voice.socket.send(this.#text(voice.way), this.#options.group.port, voice.to, (cause) => {
          if (cause) failed(cause);
          else voice.sent = true;
        });
      } catch (cause) {
        failed(cause);
      }
    }
  }

  async close(): Promise<void> {
    await Promise.all([this.#ears?.close(), ...this.#sockets.splice(0).map(shut)]);
  }

  async #speak(card: Card): Promise<void> {
    const { group } = this.#options;
    const six = isIPv6(card.address);
    const socket = createSocket(six ? { type: 'udp6', ipv6Only: true } : { type: 'udp4' });
    const way: GroupWay = six ? 'ipv6' : 'multicast';
    try {
      const listening = once(socket, 'listening');
      socket.bind({ port: 0, address: card.address });
      await listening;
      socket.setMulticastInterface(six ? `::%${card.name}` : card.address);
      socket.setMulticastTTL(MULTICAST_TTL);
      socket.setMulticastLoopback(true);
      if (!six) socket.setBroadcast(true);
    } catch (cause) {
      socket.close();
      this.#mute.push({ card: card.name, address: card.address, way, failure: failureCode(cause), echoed: false });
      return;
    }
    this.#sockets.push(socket);
    socket.on('error', () => undefined);
    socket.on('message', (bytes, from) => this.#heard(bytes, from, 'unicast'));
    const voice = { card, socket, sent: false, failure: undefined, echoed: false };
    const to = six ? `${ipv6GroupOf(group.address)}%${card.name}` : group.address;
    this.#voices.push({ ...voice, way, to });
    const broadcast = broadcastOf(card.address, card.netmask);
    if (broadcast !== undefined) this.#voices.push({ ...voice, way: 'broadcast', to: broadcast });
  }

  #text(way: Way): Buffer {
    const known = this.#probes.get(way);
    if (known !== undefined) return known;
    const { identity, instance, group, port } = this.#options;
    const fields = {
      type: 'probe',
      version: PROTOCOL_VERSION,
      peer: identity.peer,
      instance,
      group: `${group.address}:${group.port}`,
      port,
      way,
    };
    const seal = ',"pad":"","sig":""}'.length + 86;
    const text = unsealed({ ...fields, pad: '.'.repeat(PROBE_BYTES - unsealed(fields).length - seal) });
    const probe = Buffer.from(sealed(text, identity.sign('announce', text)));
    this.#probes.set(way, probe);
    return probe;
  }

  #heard(bytes: Buffer, from: RemoteInfo, by: Way): void {
    const echo = [...this.#probes].find(([, probe]) => probe.equals(bytes));
    if (echo === undefined) return this.#options.roll.take(bytes, from.address, by);
    for (const voice of this.#voices) {
      if (voice.way === echo[0] && voice.card.address === from.address) voice.echoed = true;
    }
  }
}
