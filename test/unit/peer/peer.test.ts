import { describe, expect, it } from 'vitest';
import { BEAT_INTERVAL_MS, HEARD_STEP_MS, LINK_REPLACED_MS } from '../../../pkg/base/limits.ts';
import { linkId } from '../../../pkg/base/link-id.ts';
import { instant, wallTime } from '../../../pkg/base/units.ts';
import { GENERAL } from '../../../pkg/identity/room-name.ts';
import type { Effect } from '../../../pkg/peer/effect.ts';
import { Duet } from './duet.ts';

describe('two peers', () => {
  it('meet, say a word each and part, as it is written', async () => {
    const duet = new Duet();
    duet.start(duet.alice);
    const parts = [duet.transcript('alice starts alone')];
    duet.at = 100;
    duet.start(duet.bob);
    parts.push(duet.transcript('bob starts, and they meet'));
    duet.at = 200;
    duet.say(duet.alice, 'hello');
    duet.wait(240);
    parts.push(duet.transcript('alice says hello'));
    duet.at = 300;
    duet.say(duet.bob, 'hi');
    duet.wait(340);
    parts.push(duet.transcript('bob says hi'));
    duet.wait(BEAT_INTERVAL_MS + 200);
    duet.transcript('bursts and the first beats');
    duet.leave(duet.alice);
    parts.push(duet.transcript('alice leaves'));
    await expect(parts.join('\n')).toMatchFileSnapshot('first-meeting.txt');
  });

  it('see the same room and each other', () => {
    const duet = new Duet();
    duet.start(duet.alice);
    duet.start(duet.bob);
    duet.wait(1_000);
    duet.say(duet.alice, 'hello');
    duet.say(duet.bob, 'hi');
    for (const { machine } of [duet.alice, duet.bob]) {
      const { people, room, me } = machine.snapshot();
      expect(people.map(({ nick }) => nick)).toEqual(['alice', 'bob']);
      expect(people.filter((person) => person.me)).toEqual([me]);
      expect(room.items.flatMap((item) => (item.type === 'message' ? [`${item.nick}: ${item.text}`] : []))).toEqual([
        'alice: hello',
        'bob: hi',
      ]);
    }
  });
});

const NOWHERE = { at: instant(5_000), wall: wallTime(0) };

describe('what a peer shows of the network', () => {
  it('tells of the last sign of life in coarse steps, and not of each byte', () => {
    const duet = new Duet();
    duet.start(duet.alice);
    expect(duet.alice.machine.snapshot().network.heardAt).toBeUndefined();
    duet.start(duet.bob);
    duet.wait(1_000);
    const { machine } = duet.alice;
    const wall = (at: number) => wallTime(Date.UTC(2026, 0, 1) + at);
    const hear = (at: number) =>
      machine.step({ type: 'bytes', link: linkId(9), bytes: Uint8Array.of(0x20) }, { at: instant(at), wall: wall(at) });
    hear(2_000);
    machine.snapshot();
    const { revision } = machine;
    hear(2_001);
    hear(2_000 + HEARD_STEP_MS / 2);
    expect(machine.revision).toBe(revision);
    hear(2_000 + HEARD_STEP_MS);
    expect(machine.revision).toBeGreaterThan(revision);
    expect(machine.snapshot().network.heardAt).toBe(wall(2_000 + HEARD_STEP_MS));
  });

  it('tells of each link since when it stands and how far the other is', () => {
    const duet = new Duet();
    duet.start(duet.alice);
    duet.at = 500;
    duet.start(duet.bob);
    duet.wait(BEAT_INTERVAL_MS + 1_000);
    const bob = () => duet.alice.machine.snapshot().people.find(({ nick }) => nick === 'bob');
    expect(bob()).toMatchObject({ relayed: false, lacks: 0 });
    expect(bob()?.linkedAt).toBeGreaterThanOrEqual(Date.UTC(2026, 0, 1) + 500);
    const addresses = [duet.alice, duet.bob].map(({ machine }) => machine.snapshot().people.map((one) => one.address));
    expect(new Set(addresses.flat()), 'where they accept links, not the ports they dial from').toEqual(
      new Set([undefined, '10.0.0.1:8080', '10.0.0.2:8080']),
    );
    expect(duet.alice.machine.snapshot().me).toMatchObject({ linkedAt: undefined, relayed: false });
    duet.say(duet.bob, 'hi');
    expect(duet.alice.machine.snapshot().room.entries).toBe(1);
  });

  it('has nobody leave whose link gives way to another one', () => {
    const duet = new Duet();
    duet.start(duet.alice);
    duet.start(duet.bob);
    duet.wait(1_000);
    const now = (at: number) => ({ at: instant(at), wall: wallTime(at) });
    const bye = new TextEncoder().encode(
      '{"type":"bye","code":"duplicate","reason":"a newer link between us stays"}\n',
    );
    const { machine } = duet.alice;
    const told = (effects: readonly Effect[]) => effects.filter(({ type }) => type === 'event');
    expect(told(machine.step({ type: 'bytes', link: linkId(1), bytes: bye }, now(1_100)))).toEqual([]);
    expect(machine.snapshot().people).toHaveLength(2);
    const late = machine.step({ type: 'wake' }, now(1_100 + LINK_REPLACED_MS));
    expect(told(late)).toMatchObject([{ event: { notice: { what: { type: 'left', goodbye: false } } } }]);
    expect(machine.snapshot().people).toHaveLength(1);
  });
});

describe('a place that is asked for', () => {
  it('is dialled at once, and shown as tried', () => {
    const { alice } = new Duet();
    const to = { address: 'nas.local', port: 8080 };
    const effects = alice.machine.step({ type: 'command', command: { type: 'connect', to } }, NOWHERE);
    expect(effects.filter(({ type }) => type === 'dial')).toMatchObject([{ peer: undefined, to: [to] }]);
    expect(alice.machine.snapshot().network.targets).toMatchObject([{ text: 'nas.local:8080', state: 'trying' }]);
    const [examine] = alice.machine
      .step({ type: 'command', command: { type: 'doctor' } }, NOWHERE)
      .filter(({ type }) => type === 'examine');
    expect(examine).toEqual({ type: 'examine', linked: [], named: [to] });
    alice.machine.step({ type: 'command', command: { type: 'stop-connecting', to } }, NOWHERE);
    expect(alice.machine.snapshot().network.targets).toEqual([]);
    const again = alice.machine.step({ type: 'command', command: { type: 'stop-connecting', to } }, NOWHERE);
    expect(again).toMatchObject([{ type: 'event', event: { type: 'refused' } }]);
  });
});

describe('a peer', () => {
  const nowhere = { at: instant(5_000), wall: wallTime(0) };

  it('keeps its snapshot until something changes', () => {
    const { alice } = new Duet();
    const before = alice.machine.snapshot();
    const { revision } = alice.machine;
    alice.machine.step({ type: 'wake' }, nowhere);
    expect(alice.machine.snapshot()).toBe(before);
    alice.machine.step({ type: 'command', command: { type: 'note', room: GENERAL, lines: ['x'] } }, nowhere);
    expect(alice.machine.revision).toBeGreaterThan(revision);
    expect(alice.machine.snapshot()).not.toBe(before);
    expect(alice.machine.snapshot().people).toBe(before.people);
  });

  it('does nothing about links that it does not know', () => {
    const { alice } = new Duet();
    const link = linkId(9);
    expect(alice.machine.step({ type: 'bytes', link, bytes: Uint8Array.of(0xff, 0x0a) }, nowhere)).toEqual([]);
    expect(alice.machine.step({ type: 'congested', link }, nowhere)).toEqual([]);
    expect(alice.machine.step({ type: 'drained', link }, nowhere)).toEqual([]);
    expect(alice.machine.step({ type: 'link-closed', link, why: 'over' }, nowhere)).toEqual([]);
  });

  it('says what is wrong with a message that cannot be said, and says nothing else', () => {
    const { alice } = new Duet();
    for (const text of ['', 'x'.repeat(10_000)]) {
      const effects = alice.machine.step(
        { type: 'command', command: { type: 'say', room: GENERAL, kind: 'chat', text } },
        nowhere,
      );
      expect(effects).toMatchObject([{ type: 'event', event: { type: 'refused' } }]);
    }
  });

  it('stored-first: leaves only when what was said last is stored', () => {
    const duet = new Duet();
    duet.start(duet.alice);
    duet.wait(10_000);
    const { alice } = duet;
    const nowhere = { at: instant(duet.at), wall: wallTime(0) };
    const say = { type: 'say', room: GENERAL, kind: 'chat', text: 'last words' } as const;
    const effects = alice.machine.step({ type: 'command', command: say }, nowhere);
    expect(effects.map(({ type }) => type)).toEqual(['sign']);
    const leaving = alice.machine.step({ type: 'command', command: { type: 'leave', reason: '' } }, nowhere);
    expect(leaving).toEqual([]);
  });

  it('ends a link once, however much that is wrong stands in the same bytes', () => {
    const duet = new Duet();
    duet.start(duet.alice);
    duet.start(duet.bob);
    duet.wait(1_000);
    const bytes = new TextEncoder().encode('no JSON\nno JSON\n');
    const effects = duet.alice.machine.step({ type: 'bytes', link: linkId(1), bytes }, nowhere);
    expect(effects.filter(({ type }) => type === 'close')).toHaveLength(1);
    expect(duet.alice.machine.step({ type: 'bytes', link: linkId(1), bytes }, nowhere)).toEqual([]);
  });
});
