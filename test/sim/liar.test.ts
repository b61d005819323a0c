import { describe, expect, it } from 'vitest';
import {
  CLOCK_STEP_MAX,
  CONTROL_LINES_BURST_MAX,
  LINE_BYTES_MAX,
  SEQUENCE_MAX,
  STREAMS_PER_LINK_MAX,
} from '../../pkg/base/limits.ts';
import { GENERAL, isRoomName, type RoomName } from '../../pkg/identity/room-name.ts';
import { Speaker } from '../unit/speaker.ts';
import { Liar } from './liar.ts';
import { Meeting } from './meeting.ts';
import type { SimHost } from './sim-host.ts';

/** Three honest hosts who have said something, and a liar beside them. */
class Court {
  readonly meeting = new Meeting(7, ['alice', 'bob', 'carol']);
  readonly liar = new Liar(this.meeting.world, 'mallory');
  /** Writes as the liar itself. */
  readonly own = new Speaker('mallory');
  #said = 0;

  constructor() {
    this.talk();
  }

  get victim(): SimHost {
    return this.meeting.host(0);
  }

  /** Everybody says something and hears the others. */
  talk(): void {
    const before = this.victim.storedTimeline().length;
    for (const host of this.meeting.hosts) host.say(`${host.name} ${this.#said}`);
    this.#said += 1;
    this.meeting.runUntil('what the honest said is everywhere', 5_000, () => this.meeting.allHold(before + 3));
  }

  attack(text: string, options: { readonly hello?: boolean } = {}): void {
    this.liar.attack(this.victim, text, options.hello ?? true);
    this.meeting.world.run(this.meeting.world.at + 200);
  }

  /** What honest people show as said, by anybody. */
  shown(): string[] {
    return this.victim.machine.snapshot().room.items.flatMap((item) => (item.type === 'message' ? [item.text] : []));
  }
}

function room(name: string): RoomName {
  if (!isRoomName(name)) throw new Error('no room');
  return name;
}

const beat = '{"type":"beat","sent":1,"circle":"","digests":[]}';

/** What the liar says, and the fault that it costs. */
const LIES: readonly {
  readonly lie: string;
  readonly code: string | undefined;
  readonly say: (court: Court) => string;
}[] = [
  {
    lie: 'speaks for somebody else',
    code: 'unasked',
    say: ({ victim, meeting }) => {
      const bob = meeting.host(1);
      const forger = new Speaker(bob.name);
      forger.end = { ...forger.end, sequence: bob.storedTimeline().filter((id) => id.startsWith(bob.peer)).length };
      expect(victim.peer).not.toBe(bob.peer);
      return `${forger.say('forged', { clock: 1_000, forged: true }).text}\n`;
    },
  },
  {
    lie: 'forges what it was asked for',
    code: undefined,
    say: ({ liar }) => {
      const absent = new Speaker('absent');
      liar.answer = ({ author }) => (author === absent.peer ? `${absent.say('forged', { forged: true }).text}\n` : '');
      return `${JSON.stringify({ type: 'have', room: GENERAL, heads: [[absent.peer, 1]], whole: true })}\n`;
    },
  },
  {
    lie: 'signs with another key',
    code: 'bad-signature',
    say: ({ own }) => `${own.say('forged', { forged: true }).text}\n`,
  },
  {
    lie: 'forks its feed',
    code: 'fork',
    say: ({ own }) => {
      const other = new Speaker('mallory');
      other.say('to others');
      return `${own.say('to you').text}\n${other.say('more').text}\n`;
    },
  },
  {
    lie: 'leaps with its clock',
    code: 'bad-chain',
    say: ({ own }) => `${own.say('x', { clock: CLOCK_STEP_MAX + 1 }).text}\n`,
  },
  {
    lie: 'speaks in a room that nobody is in',
    code: 'bad-run',
    say: () => `${new Speaker('mallory', room('#other')).say('x').text}\n`,
  },
  {
    lie: 'shows what nobody asked to see',
    code: 'unasked',
    say: ({ own }) => `{"type":"aside","what":"latest","runs":1}\n${own.say('look').text}\n`,
  },
  {
    lie: 'proves a fork with two forged runs',
    code: undefined,
    say: ({ meeting }) => {
      const forged = () => new Speaker(meeting.host(1).name).say('x', { forged: true }).text;
      return `{"type":"aside","what":"fork","runs":2}\n${forged()}\n${forged()}\n`;
    },
  },
  {
    lie: 'breaks off what it shows',
    code: 'bad-run',
    say: () => `{"type":"aside","what":"fork","runs":2}\n${beat}\n`,
  },
  {
    lie: 'breaks off a run',
    code: 'bad-run',
    say: ({ own }) => `${own.say(['a', 'b']).text.split('\n')[0]}\n${beat}\n`,
  },
  { lie: 'writes a line without end', code: 'line-too-long', say: () => 'x'.repeat(LINE_BYTES_MAX + 1) },
  { lie: 'floods', code: 'flood', say: () => `${beat}\n`.repeat(CONTROL_LINES_BURST_MAX + 1) },
  { lie: 'writes no JSON', code: 'bad-line', say: () => 'hello\n' },
  {
    lie: 'greets twice',
    code: 'hello-expected',
    say: () =>
      '{"type":"hello","version":1,"instance":"0000000000000001","nick":"m","group":"224.0.0.1:9999","port":1,"lost":0,"software":""}\n',
  },
  {
    lie: 'shows a gap and never fills it',
    code: undefined,
    say: ({ own }) => {
      own.say('never told');
      return `${own.say('after the gap').text}\n`;
    },
  },
  {
    lie: 'claims to have what nobody has',
    code: undefined,
    say: ({ meeting }) => {
      const heads = meeting.hosts.map(({ peer }) => [peer, SEQUENCE_MAX]);
      return `${JSON.stringify({ type: 'have', room: GENERAL, heads, whole: true })}\n`;
    },
  },
  {
    lie: 'asks for everything over and over',
    code: undefined,
    say: ({ victim }) => {
      const want = { type: 'want', room: GENERAL, author: victim.peer, from: 1, to: SEQUENCE_MAX };
      return `${JSON.stringify(want)}\n`.repeat(STREAMS_PER_LINK_MAX / 2);
    },
  },
  {
    lie: 'wants to be told every frontier at once',
    code: undefined,
    say: () =>
      `${JSON.stringify({ type: 'beat', sent: 1, circle: '', digests: Array.from({ length: 64 }, () => [GENERAL, 'x']) })}\n`.repeat(
        100,
      ),
  },
];

describe('a liar', () => {
  it.each(LIES)('who $lie changes nothing for the honest and is cut with $code', ({ code, say }) => {
    const court = new Court();
    const before = court.victim.storedTimeline().length;
    court.attack(say(court));
    expect(court.liar.byeCode).toBe(code);
    const honest = new Set(court.meeting.hosts.map(({ peer }) => peer));
    const stored = court.victim.storedTimeline().filter((id) => honest.has(idAuthor(court, id)));
    expect(stored).toHaveLength(before);
    expect(court.shown()).not.toContain('forged');
    for (const host of court.meeting.hosts) {
      const present = host.machine.snapshot().people.filter(({ peer }) => honest.has(peer));
      expect(present).toHaveLength(3);
    }
    court.liar.crash();
    for (const host of court.meeting.hosts) host.say(`${host.name} goes on`);
    court.meeting.runUntil('the honest go on', 10_000, () =>
      court.meeting.hosts.every(
        (host) => host.storedTimeline().filter((id) => honest.has(idAuthor(court, id))).length === before + 3,
      ),
    );
  });

  it('who replays what was said before is not even noticed', () => {
    const court = new Court();
    const speaker = new Speaker('mallory');
    court.attack(`${speaker.say('once').text}\n`.repeat(100));
    expect(court.liar.byeCode).toBeUndefined();
    expect(court.shown().filter((text) => text === 'once')).toHaveLength(1);
  });

  it('who tells two halves two histories does not part the honest', () => {
    const court = new Court();
    const { meeting, liar } = court;
    const [one, other] = [new Speaker('mallory'), new Speaker('mallory')];
    liar.attack(meeting.host(0), `${one.say('to alice').text}\n`);
    meeting.world.run(meeting.world.at + 100);
    liar.attack(meeting.host(1), `${other.say('to bob').text}\n${other.say('and more to bob').text}\n`);
    meeting.world.run(meeting.world.at + 100);
    liar.crash();
    meeting.world.run(meeting.world.at + 30_000);
    for (const host of meeting.hosts) {
      const left = host.machine
        .snapshot()
        .room.items.filter(
          (item) => item.type === 'notice' && item.what.type === 'left' && item.what.peer !== liar.peer,
        );
      expect(left, `whom ${host.name} lost`).toEqual([]);
      expect(host.machine.snapshot().people).toHaveLength(3);
    }
    const told = meeting
      .host(0)
      .machine.snapshot()
      .room.items.filter((item) => item.type === 'notice' && item.what.type === 'problem');
    expect(told, 'the fork is told of').not.toEqual([]);
  });

  it('whose clock runs far ahead does not silence anybody', () => {
    const court = new Court();
    for (const clock of [CLOCK_STEP_MAX, 2 * CLOCK_STEP_MAX, 3 * CLOCK_STEP_MAX]) {
      court.attack(`${court.own.say('late', { clock }).text}\n`);
      court.liar.crash();
    }
    court.meeting.runUntil('the liar is heard', 10_000, () => court.meeting.allHold(6));
    court.talk();
    court.talk();
    for (const host of court.meeting.hosts) expect(host.machine.snapshot().people.length).toBe(3);
  });
});

function idAuthor(court: Court, id: string) {
  return court.meeting.world.hosts.find(({ peer }) => id.startsWith(`${peer}/`))?.peer ?? court.liar.peer;
}
