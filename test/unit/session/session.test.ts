import { describe, expect, it } from 'vitest';
import {
  BEAT_INTERVAL_MS,
  CONTROL_LINES_BURST_MAX,
  CONTROL_LINES_PER_SECOND_MAX,
  EXCHANGE_REST_MS,
  HELLO_TIMEOUT_MS,
  LINE_BYTES_MAX,
  OWN_STALL_MS,
  SILENCE_MS_MAX,
  STALL_GRACE_MS,
} from '../../../pkg/base/limits.ts';
import { linkId } from '../../../pkg/base/link-id.ts';
import { instant } from '../../../pkg/base/units.ts';
import { GENERAL } from '../../../pkg/identity/room-name.ts';
import { Speaker } from '../speaker.ts';
import { BEAT, codes, Desk, greeted, HELLO, LINK, OTHER, VISIT } from './desk.ts';

describe('a session', () => {
  it('is hello first, then messages and runs, then bye', () => {
    const run = new Speaker('alice').say(['one', 'two']);
    const want = JSON.stringify({ type: 'want', room: GENERAL, author: run.author, from: 1, to: 1 });
    const outs = new Desk().hear(
      `${HELLO}\n${BEAT}\n${run.text}\n${want}\n{"type":"bye","code":"goodbye","reason":""}\n${BEAT}\n`,
    );
    expect(codes(outs)).toEqual(['greeted', 'said', 'run', 'said', 'bye']);
    expect(outs[2]).toMatchObject({ run: { text: run.text } });
  });

  it('may end with a bye before the hello', () => {
    expect(codes(new Desk().hear('{"type":"bye","code":"links-full","reason":""}\n'))).toEqual(['bye']);
  });

  it('may be a visit instead of a greeting: then nothing more is read of it', () => {
    const desk = new Desk();
    const outs = desk.hear(`${VISIT}\n${VISIT}\n${HELLO}\n`);
    expect(outs).toMatchObject([{ type: 'visit', link: LINK, peer: new Speaker('bob').peer, visit: { port: 9 } }]);
    expect(desk.hear(`${HELLO}\n`)).toEqual([]);
  });

  const { text } = new Speaker('alice').say(['one', 'two']);
  const [begun = '', rest = ''] = text.split('\n');
  it.each<[string, string, string]>([
    ['hello-expected', 'a message first', `${BEAT}\n`],
    ['hello-expected', 'an entry first', `${text}\n`],
    ['hello-expected', 'a second hello', `${HELLO}\n${HELLO}\n`],
    ['hello-expected', 'a visit after the hello', `${HELLO}\n${VISIT}\n`],
    ['version', 'another protocol', `${HELLO.replace('"version":1', '"version":2')}\n`],
    ['bad-line', 'no JSON', `${HELLO}\nhello\n`],
    ['bad-line', 'an empty line', `${HELLO}\n\n`],
    ['bad-line', 'a message of no protocol', `${HELLO}\n{"type":"shout"}\n`],
    ['bad-run', 'a run that is broken off', `${HELLO}\n${begun}\n${BEAT}\n`],
    ['bad-run', 'a run without its beginning and a gap', `${HELLO}\n${begun}\n${begun}\n${rest}\n`],
    ['line-too-long', 'no line break', `${HELLO}\n${'x'.repeat(LINE_BYTES_MAX + 1)}`],
  ])('%s: %s', (code, _, bytes) => {
    const desk = new Desk();
    expect(codes(desk.hear(bytes)).at(-1)).toBe(code);
    expect(desk.hear(`${HELLO}\n${BEAT}\n`)).toEqual([]);
  });

  it('ends where bytes are no UTF-8', () => {
    const desk = greeted();
    expect(codes(desk.sessions.bytes(LINK, Uint8Array.of(0xff, 0x0a), instant(0)))).toEqual(['bad-line']);
  });

  it('flood: takes a burst of lines that are no entries, then so many a second', () => {
    const desk = greeted();
    expect(codes(desk.hear(`${BEAT}\n`.repeat(CONTROL_LINES_BURST_MAX))).at(-1)).toBe('said');
    for (desk.now = 1_000; desk.now <= 10_000; desk.now += 1_000) {
      expect(codes(desk.hear(`${BEAT}\n`.repeat(CONTROL_LINES_PER_SECOND_MAX))).at(-1)).toBe('said');
    }
    desk.now -= 1_000;
    expect(codes(desk.hear(`${BEAT}\n`))).toEqual(['flood']);
  });

  it('takes entries and ranges asked for without counting them: they have bounds of their own', () => {
    const desk = greeted();
    const alice = new Speaker('alice');
    const want = JSON.stringify({ type: 'want', room: GENERAL, author: alice.peer, from: 1, to: 1 });
    for (let count = 0; count < 3 * CONTROL_LINES_BURST_MAX; count += 1) {
      expect(codes(desk.hear(`${alice.say('x').text}\n${want}\n`))).toEqual(['run', 'said']);
    }
  });

  it('without a hello in time is over', () => {
    const desk = new Desk();
    desk.hear('{"type":');
    expect(desk.sessions.nextDeadline()).toBe(HELLO_TIMEOUT_MS);
    expect(desk.due(HELLO_TIMEOUT_MS - 1).out).toEqual([]);
    expect(codes(desk.due(HELLO_TIMEOUT_MS).out)).toEqual(['hello-timeout']);
  });

  it('sends a beat soon after the hello and then so often, and none before it', () => {
    const desk = greeted();
    const beats: number[] = [];
    for (
      let next = desk.sessions.nextDeadline();
      next !== undefined && next < 20_000;
      next = desk.sessions.nextDeadline()
    ) {
      if (desk.due(next).beats.length > 0) beats.push(next);
      desk.hear(`${BEAT}\n`);
    }
    expect(beats).toEqual(Array.from({ length: 10 }, (_, count) => EXCHANGE_REST_MS + count * BEAT_INTERVAL_MS));
  });

  it('on which nothing came for so long is silent, and any byte is life', () => {
    const desk = greeted();
    desk.run(5_000);
    desk.hear('{');
    expect(desk.run(5_000 + SILENCE_MS_MAX - 1)).toEqual([]);
    expect(codes(desk.run(5_000 + SILENCE_MS_MAX))).toEqual(['silence']);
  });

  it('measures the round trip by the echo of its own clock, and takes no nonsense for one', () => {
    const desk = greeted();
    const echo = (sent: number, held: number) =>
      desk.hear(`{"type":"beat","sent":1,"echo":${sent},"held":${held},"circle":"","digests":[]}\n`);
    expect(desk.sessions.roundTripMs(LINK)).toBeUndefined();
    desk.now = 1_000;
    echo(900, 60);
    expect(desk.sessions.roundTripMs(LINK)).toBe(40);
    for (const [sent, held] of [
      [2_000, 0],
      [0, Number.MAX_SAFE_INTEGER],
      [Number.MAX_SAFE_INTEGER, 0],
    ] as const)
      echo(sent, held);
    desk.now = 100_000;
    echo(1, 1);
    expect(desk.sessions.roundTripMs(LINK)).toBe(40);
  });

  it('echoes the latest beat heard and how long ago that was', () => {
    const desk = greeted();
    desk.hear('{"type":"beat","sent":123,"circle":"","digests":[]}\n');
    const line = desk.sessions.beat(LINK, { circle: '1.x', digests: [[GENERAL, 'x']] }, instant(250.4));
    expect(JSON.parse(line ?? '')).toEqual({
      type: 'beat',
      sent: 250,
      echo: 123,
      held: 250,
      circle: '1.x',
      digests: [[GENERAL, 'x']],
    });
  });

  it('that is not read cannot be heard: nobody is silent until it is read again', () => {
    const desk = greeted();
    desk.sessions.flow(LINK, false, instant(100));
    expect(desk.run(60_000)).toEqual([]);
    desk.sessions.flow(LINK, true, instant(60_000));
    expect(desk.run(60_000 + SILENCE_MS_MAX - 1)).toEqual([]);
    expect(codes(desk.run(60_000 + SILENCE_MS_MAX))).toEqual(['silence']);
  });
});

describe('own-stall', () => {
  it('own-stall: whoever wakes late gives everyone a chance to be read first', () => {
    const desk = greeted();
    const wokenAt = 60_000;
    expect(desk.due(wokenAt).out).toEqual([]);
    expect(desk.due(wokenAt + STALL_GRACE_MS - 1).out).toEqual([]);
    expect(codes(desk.due(wokenAt + STALL_GRACE_MS).out)).toEqual(['silence']);
  });

  it('own-stall: one that speaks within the grace goes on', () => {
    const desk = greeted();
    desk.due(60_000);
    desk.hear(`${BEAT}\n`);
    expect(desk.due(60_000 + SILENCE_MS_MAX - 1).out).toEqual([]);
  });

  it('own-stall: a hello that waits to be read is not late', () => {
    const desk = new Desk();
    expect(desk.due(HELLO_TIMEOUT_MS + OWN_STALL_MS + 1).out).toEqual([]);
    expect(codes(desk.hear(`${HELLO}\n`))).toEqual(['greeted']);
  });

  it('own-stall: the pardon never takes time away from somebody heard just now', () => {
    const desk = greeted();
    desk.due(BEAT_INTERVAL_MS);
    desk.now = 2 * BEAT_INTERVAL_MS - 1;
    desk.hear(`${BEAT}\n`);
    const heardAt = desk.now;
    desk.due(2 * BEAT_INTERVAL_MS + OWN_STALL_MS + 1);
    expect(desk.run(heardAt + SILENCE_MS_MAX - 1)).toEqual([]);
    expect(codes(desk.run(heardAt + SILENCE_MS_MAX))).toEqual(['silence']);
  });

  it('own-stall: somebody who greets late does not make it look as if we had stood still', () => {
    const desk = greeted();
    desk.run(5_400);
    for (let count = 2; count < 40; count += 1) {
      const link = linkId(count);
      desk.sessions.open(link, new Speaker('mallory').peer, instant(desk.now - HELLO_TIMEOUT_MS + 1));
      desk.hear(`${HELLO}\n`, link);
      desk.due(desk.now);
    }
    expect(desk.due(SILENCE_MS_MAX).out.filter(({ link }) => link === LINK)).toMatchObject([
      { fault: { code: 'silence' } },
    ]);
  });

  it('a link that was closed is asked nothing more', () => {
    const desk = greeted();
    desk.sessions.close(LINK);
    expect(desk.sessions.nextDeadline()).toBeUndefined();
    expect(desk.hear(`${BEAT}\n`)).toEqual([]);
    expect(desk.hear(`${BEAT}\n`, OTHER)).toEqual([]);
    expect(desk.sessions.beat(LINK, { circle: '', digests: [] }, instant(1))).toBeUndefined();
    desk.sessions.flow(LINK, true, instant(1));
  });
});
