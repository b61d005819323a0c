import { ASKING_BYTES_MIN } from '../../../pkg/base/limits.ts';
import { Random } from '../../../pkg/base/random.ts';
import { instant } from '../../../pkg/base/units.ts';
import { Discovery, type DiscoveryOut } from '../../../pkg/discovery/discovery.ts';
import { sealed, unsealed } from '../../../pkg/wire/entry.ts';
import { isInstanceId } from '../../../pkg/wire/fields.ts';
import { toyPeerId, toySign } from '../../sim/toy-crypto.ts';
import { GROUP, nickOf } from '../speaker.ts';

export const me = toyPeerId('me');
export const HOME = { address: '10.0.0.7', port: 40_000 };

export function instanceOf(count: number) {
  const text = count.toString(16).padStart(16, '0');
  if (!isInstanceId(text)) throw new Error('no instance');
  return text;
}

/** Discovery as its driver sees it: own datagrams are signed, heard ones verified, at once. */
export class Ear {
  readonly discovery: Discovery;
  now = 0;
  /** What was sent to the group, and when. */
  readonly announced: { readonly at: number; readonly text: string }[] = [];
  verified = 0;

  constructor(seed = 1) {
    this.discovery = new Discovery({
      me,
      instance: instanceOf(1),
      port: 8080,
      group: GROUP,
      random: new Random(seed),
      startedAt: instant(0),
    });
  }

  begin(): void {
    this.settle(this.discovery.begin(nickOf('me')));
  }

  /** Lets the clock run, waking at each deadline. */
  run(until: number): DiscoveryOut[] {
    const out: DiscoveryOut[] = [];
    for (
      let next = this.discovery.nextDeadline();
      next !== undefined && next <= until;
      next = this.discovery.nextDeadline()
    ) {
      this.now = next;
      out.push(...this.settle(this.discovery.due(next)));
    }
    this.now = until;
    return out;
  }

  hear(text: string, from = HOME): DiscoveryOut[] {
    return this.settle(this.discovery.heard(from, new TextEncoder().encode(text), instant(this.now)));
  }

  settle(outs: readonly DiscoveryOut[]): DiscoveryOut[] {
    return outs.flatMap((out) => {
      if (out.type === 'datagram' && out.to === 'group') this.announced.push({ at: this.now, text: out.text });
      if (out.type === 'sign-own') {
        const text = sealed(out.text, toySign(me, 'announce', out.text));
        return this.settle(this.discovery.signed(out.which, text, instant(this.now)));
      }
      if (out.type !== 'check') return [out];
      this.verified += 1;
      const { body, signed, signature } = out.datagram;
      const valid = toySign(body.peer, 'announce', signed) === signature;
      return this.settle(this.discovery.checked(out.datagram, valid, instant(this.now)));
    });
  }
}

/** Filled up as whoever asks must be, to be answered. */
const PAD = ' '.repeat(ASKING_BYTES_MIN / 2);

export function announce(name: string, fields: Readonly<Record<string, unknown>> = {}): string {
  const peer = toyPeerId(name);
  const text = unsealed({
    type: 'announce',
    version: 1,
    peer,
    instance: instanceOf(1),
    group: GROUP,
    nick: 'bob',
    port: 9000,
    ...(fields['ask'] === true ? { pad: PAD } : {}),
    ...fields,
  });
  return sealed(text, toySign(peer, 'announce', text));
}

export function leave(name: string, instance = instanceOf(1)): string {
  const peer = toyPeerId(name);
  const text = unsealed({ type: 'leave', version: 1, peer, instance });
  return sealed(text, toySign(peer, 'announce', text));
}

export const types = (outs: readonly DiscoveryOut[]) => outs.map((out) => out.type);
export const answers = (outs: readonly DiscoveryOut[]) => outs.filter((out) => out.type === 'datagram');
