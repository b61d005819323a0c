import { ANNOUNCE_CHECKS_MAX, PROTOCOL_VERSION, SIGHTINGS_MAX } from '../../pkg/base/limits.ts';
import type { PeerId } from '../../pkg/identity/peer-id.ts';
import { type Announce, decodeDatagram } from '../../pkg/wire/announce.ts';
import type { Way } from '../../pkg/wire/fields.ts';
import { Verifier } from '../crypto/verifier.ts';
import type { Card } from '../net/interfaces.ts';
import { closeness } from '../net/interfaces.ts';
import type { HeardFact } from './facts.ts';

export interface RollOptions {
  /** Keys that are ourselves: of this examination, and of the chat whose profile it is. */
  readonly own: readonly PeerId[];
  readonly chosen: readonly Card[];
  readonly others: readonly Card[];
  /** Told of somebody at an address at which it had not been heard. */
  readonly found: (heard: HeardFact) => void;
}

/** Sources of strange datagrams that are counted. */
const STRANGERS_MAX = 16;
/** An announce of a version that looks otherwise. */
const OTHER_VERSION = /^\{"type":"(?:announce|leave)","version":(\d{1,9})[,}]/;

/** Who was heard, where, and by which ways. Whatever is no announce of a key is kept as a stranger's. */
export class Roll {
  readonly #options: RollOptions;
  readonly #verifier = new Verifier();
  readonly #heard = new Map<string, HeardFact>();
  readonly #strangers = new Map<string, number>();
  #checking = 0;

  constructor(options: RollOptions) {
    this.#options = options;
  }

  get heard(): readonly HeardFact[] {
    return [...this.#heard.values()];
  }

  get strangers(): readonly { readonly address: string; readonly count: number }[] {
    return [...this.#strangers].map(([address, count]) => ({ address, count }));
  }

  take(bytes: Uint8Array, address: string, by: Way): void {
    const datagram = decodeDatagram(bytes);
    if (datagram.type === 'fault') return this.#unknown(bytes, address, by);
    const { body } = datagram;
    // Others may examine the network at the same time.
    if (body.type !== 'announce' || this.#options.own.includes(body.peer)) return;
    if (this.#checking >= ANNOUNCE_CHECKS_MAX) return;
    this.#checking += 1;
    void this.#verifier.verify(body.peer, 'announce', datagram.signed, datagram.signature).then((valid) => {
      this.#checking -= 1;
      if (valid) this.#note(body, address, by);
      else this.#stranger(address);
    });
  }

  #unknown(bytes: Uint8Array, address: string, by: Way): void {
    const version = otherVersion(Buffer.from(bytes).toString('latin1'));
    if (version === undefined) return this.#stranger(address);
    const at = { address, port: 0 };
    this.#keep(`version ${version} ${address}`, { peer: undefined, nick: '', at, version, group: undefined }, by);
  }

  #note(body: Announce, address: string, by: Way): void {
    const { peer, nick, port, version, group } = body;
    this.#keep(`${peer} ${address}`, { peer, nick, at: { address, port }, version, group }, by);
  }

  #keep(key: string, who: Pick<HeardFact, 'peer' | 'nick' | 'at' | 'version' | 'group'>, by: Way): void {
    const { chosen, others, found } = this.#options;
    const { address } = who.at;
    const known = this.#heard.get(key);
    if (known === undefined && this.#heard.size >= SIGHTINGS_MAX) return;
    const near = chosen.find((own) => closeness(own, address) > 0);
    const other = others.find((own) => closeness(own, address) > 0);
    const heard: HeardFact = {
      ...who,
      ways: [...new Set([...(known?.ways ?? []), by])],
      local: [...chosen, ...others].some((own) => own.address === address),
      card: (near ?? other)?.name,
      chosen: near !== undefined || other === undefined,
    };
    this.#heard.set(key, heard);
    if (known === undefined) found(heard);
  }

  #stranger(address: string): void {
    const count = this.#strangers.get(address);
    if (count === undefined && this.#strangers.size >= STRANGERS_MAX) return;
    this.#strangers.set(address, (count ?? 0) + 1);
  }
}

/** The version of an announce that looks otherwise than ours; undefined for what is damaged or none. */
function otherVersion(text: string): number | undefined {
  const version = Number(OTHER_VERSION.exec(text)?.[1]);
  try {
    JSON.parse(text);
  } catch {
    return undefined;
  }
  return Number.isNaN(version) || version === PROTOCOL_VERSION ? undefined : version;
}
