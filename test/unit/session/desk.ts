import { linkId } from '../../../pkg/base/link-id.ts';
import { instant } from '../../../pkg/base/units.ts';
import type { SessionOut } from '../../../pkg/session/session.ts';
import { Sessions } from '../../../pkg/session/sessions.ts';
import { toyPeerId } from '../../sim/toy-crypto.ts';
import { GROUP, Speaker } from '../speaker.ts';

export const LINK = linkId(1);
export const OTHER = linkId(2);
export const HELLO =
  '{"type":"hello","version":1,"instance":"0123456789abcdef","nick":"bob","group":"224.0.0.1:9999","port":9,"lost":0,"software":"x"}';
export const VISIT = '{"type":"visit","version":1,"group":"224.0.0.1:9999","instance":"0123456789abcdef","port":9}';
export const BEAT = '{"type":"beat","sent":7,"circle":"","digests":[]}';

/** Sessions at a time of the test's choosing, with one link open. */
export class Desk {
  readonly sessions = new Sessions(toyPeerId('me'), GROUP);
  now = 0;
  /** When others were to be told that nothing comes. */
  readonly doubted: number[] = [];

  constructor() {
    this.sessions.open(LINK, new Speaker('bob').peer, instant(0));
  }

  hear(text: string, link = LINK): readonly SessionOut[] {
    return this.sessions.bytes(link, new TextEncoder().encode(text), instant(this.now));
  }

  /** Wakes at each deadline up to and with `until`, as a process does that never stands still. */
  run(until: number): SessionOut[] {
    const out: SessionOut[] = [];
    for (
      let next = this.sessions.nextDeadline();
      next !== undefined && next <= until;
      next = this.sessions.nextDeadline()
    ) {
      out.push(...this.due(next).out);
    }
    this.now = until;
    return out;
  }

  /** What is due, but for who was told to be silent meanwhile: those stand in `doubted`. */
  due(now: number) {
    this.now = now;
    const { out, beats } = this.sessions.due(instant(now));
    for (const { type } of out) if (type === 'silent') this.doubted.push(now);
    return { out: out.filter(({ type }) => type !== 'silent'), beats };
  }
}

export function codes(outs: readonly SessionOut[]): string[] {
  return outs.map((out) => (out.type === 'fault' ? out.fault.code : out.type));
}

export function greeted(): Desk {
  const desk = new Desk();
  desk.hear(`${HELLO}\n`);
  return desk;
}
