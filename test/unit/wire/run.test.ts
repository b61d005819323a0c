import { describe, expect, it } from 'vitest';
import { CONTENT_BYTES_MAX, RUN_BYTES_MAX, RUN_ENTRIES_MAX } from '../../../pkg/base/limits.ts';
import { wallTime } from '../../../pkg/base/units.ts';
import { GENERAL } from '../../../pkg/identity/room-name.ts';
import { composeRun, isContent, sayableTime, sealed, signedPart, unsealed } from '../../../pkg/wire/entry.ts';
import { NO_RUN } from '../../../pkg/wire/fields.ts';
import { utf8Bytes } from '../../../pkg/wire/lines.ts';
import { decodeMessage } from '../../../pkg/wire/message.ts';
import { isEntry, parseRun, RunCollector } from '../../../pkg/wire/run.ts';
import { toyPeerId } from '../../sim/toy-crypto.ts';
import { nickOf, Speaker } from '../speaker.ts';

const SIGNATURE = 'A'.repeat(86);
const HEAD = { room: GENERAL, author: toyPeerId('alice'), sequence: 1, clock: 1, prev: NO_RUN };

function say(content: string) {
  return { kind: 'chat' as const, sender: nickOf('alice'), content, saidAt: wallTime(Date.UTC(2026, 0, 1)) };
}

/** The lines of a run of three, to be broken by a test. */
function three(): string[] {
  return new Speaker('alice').say(['one', 'two', 'three']).text.split('\n');
}

function codeOf(lines: readonly string[]): string {
  const run = parseRun(lines.join('\n'));
  return run.type === 'fault' ? run.code : run.type;
}

function changed(line: string | undefined, change: (entry: Record<string, unknown>) => object): string {
  const entry: Record<string, unknown> = JSON.parse(line ?? '{}');
  return JSON.stringify(change(entry));
}

describe('a time to be said', () => {
  it.each([
    ['a clock that works', 1_767_225_600_000.7, '2026-01-01T00:00:00.000Z'],
    ['one that stands before 1970', -5, '1970-01-01T00:00:00.000Z'],
    ['one that stands behind the year 9999', 1e15, '9999-12-31T23:59:59.999Z'],
  ])('is written with four digits of a year: %s', (_, at, written) => {
    const { text } = composeRun(HEAD, [{ ...say('hi'), saidAt: sayableTime(wallTime(at)) }]);
    const run = parseRun(sealed(text, SIGNATURE));
    expect(run.type === 'run' ? run.entries[0]?.timestamp : run.why).toBe(written);
  });
});

describe('a run', () => {
  it('is read back as it was said', () => {
    const run = new Speaker('alice').say(['one', 'two', 'three']);
    expect(run).toMatchObject({ first: 1, last: 3, firstClock: 1, clock: 3, prev: '' });
    expect(run.entries.map(({ content }) => content)).toEqual(['one', 'two', 'three']);
    expect(parseRun(run.text)).toEqual(run);
  });

  it('covers by its signature every byte before it', () => {
    const { text } = composeRun(HEAD, [say('hi')]);
    expect(signedPart(sealed(text, SIGNATURE))).toEqual({ signed: text, signature: SIGNATURE });
    expect(sealed(unsealed({ a: 1 }), SIGNATURE)).toBe(`{"a":1,"sig":"${SIGNATURE}"}`);
  });

  it.each([
    ['has none', '{"a":1}'],
    ['is not last', `{"a":1,"sig":"${SIGNATURE}","b":2}`],
    ['is followed by white space', `{"a":1,"sig":"${SIGNATURE}"} `],
    ['is followed by a line feed', `{"a":1,"sig":"${SIGNATURE}"}\n`],
    ['is too short', `{"a":1,"sig":"${SIGNATURE.slice(1)}"}`],
    ['is too long', `{"a":1,"sig":"${SIGNATURE}A"}`],
    ['is no base64url', `{"a":1,"sig":"${'+'.repeat(86)}"}`],
    ['has white space before it', `{"a":1, "sig":"${SIGNATURE}"}`],
    ['is the only field', `{"sig":"${SIGNATURE}"}`],
  ])('has no signed part when its signature %s', (_, text) => {
    expect(signedPart(text)).toBeUndefined();
  });

  it('takes as many entries as fit and leaves the others for the next', () => {
    const many = Array.from({ length: RUN_ENTRIES_MAX + 1 }, () => say('x'));
    expect(composeRun(HEAD, many).count).toBe(RUN_ENTRIES_MAX);
    const long = Array.from({ length: 20 }, () => say('x'.repeat(CONTENT_BYTES_MAX)));
    const { text, count } = composeRun(HEAD, long);
    expect(count).toBe(7);
    expect(parseRun(sealed(text, SIGNATURE)).type).toBe('run');
  });

  it('may have so many entries and bytes, and not one more', () => {
    const collector = new RunCollector();
    const line = three()[0] ?? '';
    const entry = decodeMessage(line);
    if (entry.type === 'fault' || !isEntry(entry)) throw new Error('no entry');
    for (let count = 1; count < RUN_ENTRIES_MAX; count += 1) expect(collector.push(entry, line)).toBeUndefined();
    expect(collector.push(entry, line)).toMatchObject({ code: 'bad-run' });

    const [first = '', ...others] = three();
    const padded = (bytes: number) => [
      first.replace('{', `{${' '.repeat(bytes - utf8Bytes(three().join('\n')))}`),
      ...others,
    ];
    expect(codeOf(padded(RUN_BYTES_MAX))).toBe('run');
    expect(codeOf(padded(RUN_BYTES_MAX + 1))).toBe('bad-run');
  });

  it.each<[string, (lines: string[]) => string[]]>([
    ['nothing', () => []],
    ['no seal', (lines) => lines.slice(0, 2)],
    ['lines behind the seal', (lines) => [...lines, ...lines]],
    ['a line that is no entry', (lines) => ['{"type":"nick","nick":"bob"}', ...lines]],
    ['a gap', (lines) => lines.filter((_, place) => place !== 1)],
    ['an order of its own', (lines) => [lines[1] ?? '', lines[0] ?? '', lines[2] ?? '']],
    ['two authors', ([a, b, c]) => [changed(a, (e) => ({ ...e, author: toyPeerId('bob') })), b ?? '', c ?? '']],
    ['two rooms', ([a, b, c]) => [changed(a, (e) => ({ ...e, room: '#other' })), b ?? '', c ?? '']],
    ['a clock that stands', ([a, b, c]) => [a ?? '', changed(b, (e) => ({ ...e, clock: 1 })), c ?? '']],
    ['a prev within', ([a, b, c]) => [changed(a, (e) => ({ ...e, prev: '' })), b ?? '', c ?? '']],
    ['no prev', ([a, b, c]) => [a ?? '', b ?? '', changed(c, ({ prev: _, ...e }) => e)]],
    ['a seal that is not last', ([a, b, c]) => [a ?? '', b ?? '', changed(c, ({ sig, ...e }) => ({ sig, ...e }))]],
    ['an empty line at its end', (lines) => [...lines, '']],
  ])('that has %s is none', (_, broken) => {
    expect(codeOf(broken(three()))).toMatch(/^bad-(run|line)$/);
  });
});

describe('an entry', () => {
  const [line = ''] = new Speaker('alice').say('hello').text.split('\n');

  it.each<[string, object]>([
    ['sequence 0', { sequence: 0 }],
    ['a sequence that is no whole number', { sequence: 1.5 }],
    ['a clock of 0', { clock: 0 }],
    ['no content', { content: '' }],
    ['too much content', { content: 'x'.repeat(CONTENT_BYTES_MAX + 1) }],
    ['too much content in bytes', { content: 'é'.repeat(CONTENT_BYTES_MAX / 2 + 1) }],
    ['a timestamp without milliseconds', { timestamp: '2026-01-01T00:00:00Z' }],
    ['a timestamp of another zone', { timestamp: '2026-01-01T00:00:00.000+01:00' }],
    ['a month 13', { timestamp: '2026-13-01T00:00:00.000Z' }],
    ['an hour 25', { timestamp: '2026-01-01T25:00:00.000Z' }],
    ['a kind that is none', { type: 'shout' }],
    ['a prev that is no hash', { prev: 'abc' }],
  ])('with %s is a bad line', (_, fields) => {
    expect(decodeMessage(changed(line, (entry) => ({ ...entry, ...fields })))).toMatchObject({ code: 'bad-line' });
  });

  it('says 1 to so many bytes', () => {
    expect(isContent('')).toBe(false);
    expect(isContent('é'.repeat(CONTENT_BYTES_MAX / 2))).toBe(true);
    expect(isContent(`${'é'.repeat(CONTENT_BYTES_MAX / 2)}x`)).toBe(false);
  });
});
