import { describe, expect, it } from 'vitest';
import * as limits from '../../../pkg/base/limits.ts';
import { wallTime } from '../../../pkg/base/units.ts';
import { GENERAL } from '../../../pkg/identity/room-name.ts';
import { composeRun, sealed } from '../../../pkg/wire/entry.ts';
import { NO_RUN } from '../../../pkg/wire/fields.ts';
import { utf8Bytes } from '../../../pkg/wire/lines.ts';
import { encodeMessage } from '../../../pkg/wire/message.ts';
import { parseRun } from '../../../pkg/wire/run.ts';
import { toyPeerId, toySign } from '../../sim/toy-crypto.ts';
import { nickOf } from '../speaker.ts';

describe('the limits', () => {
  it('are numbers above zero, spans and shares in their range', () => {
    for (const [name, value] of Object.entries(limits)) {
      if (typeof value !== 'number') continue;
      expect(value, name).toBeGreaterThan(0);
      if (name.endsWith('_SHARE')) expect(value, name).toBeLessThan(1);
      else if (!name.endsWith('_PER_SECOND_MAX')) expect(Number.isSafeInteger(value), name).toBe(true);
    }
  });

  it('let the longest message through, however it is escaped', () => {
    const author = toyPeerId('alice');
    const longestNick = nickOf('𝕬'.repeat(limits.NICK_CODE_POINTS_MAX));
    for (const letter of ['a', '\u0001', '"', 'é', '𝕬', '\ud800']) {
      const content = letter.repeat(Math.floor(limits.CONTENT_BYTES_MAX / utf8Bytes(letter)));
      const head = { room: GENERAL, author, sequence: limits.SEQUENCE_MAX, clock: limits.COUNT_MAX, prev: NO_RUN };
      const said = [{ kind: 'action' as const, sender: longestNick, content, saidAt: wallTime(0) }];
      const { text, count } = composeRun(head, said);
      const run = parseRun(sealed(text, toySign(author, 'run', text)));
      expect({ count, type: run.type }).toEqual({ count: 1, type: 'run' });
    }
  });

  it('let every line of the protocol that is as long as it may be into one line', () => {
    const peer = toyPeerId('alice');
    const room = GENERAL;
    const heads = Array.from(
      { length: limits.HEADS_PER_LINE_MAX },
      () => [peer, limits.COUNT_MAX] as [typeof peer, number],
    );
    expect(utf8Bytes(encodeMessage({ type: 'have', room, heads, whole: true }))).toBeLessThan(limits.LINE_BYTES_MAX);
    const digest = '\u0001'.repeat(32);
    const digests = Array.from({ length: limits.DIGESTS_PER_BEAT_MAX }, () => [room, digest] as [typeof room, string]);
    const ticks = limits.COUNT_MAX;
    const nick = nickOf('\u{1f600}'.repeat(limits.NICK_CODE_POINTS_MAX));
    const place: [string, number] = ['ffff:ffff:ffff:ffff:ffff:ffff:255.255.255.255', 65_535];
    const at = Array.from({ length: limits.ENDPOINTS_TOLD_MAX }, () => place);
    const peers = Array.from({ length: limits.PEERS_PER_LINE_MAX }, () => ({ peer, nick, at }));
    expect(utf8Bytes(encodeMessage({ type: 'peers', peers, whole: true }))).toBeLessThan(limits.LINE_BYTES_MAX);
    expect(
      utf8Bytes(encodeMessage({ type: 'beat', sent: ticks, echo: ticks, held: ticks, circle: digest, digests })),
    ).toBeLessThan(limits.LINE_BYTES_MAX);
  });

  it('let a clock leap to its end only by very many entries', () => {
    expect(limits.COUNT_MAX / limits.CLOCK_STEP_MAX).toBeGreaterThan(1_000_000);
  });
});
