import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { wallTime } from '../../pkg/base/units.ts';
import { checkNick, isNick } from '../../pkg/identity/nick.ts';
import { isPeerId, keyFromPeerId, peerIdFromKey } from '../../pkg/identity/peer-id.ts';
import { GENERAL } from '../../pkg/identity/room-name.ts';
import { decodeDatagram } from '../../pkg/wire/announce.ts';
import { composeRun, isContent, sealed, signedPart } from '../../pkg/wire/entry.ts';
import { NO_RUN } from '../../pkg/wire/fields.ts';
import { LineSplitter, utf8Bytes } from '../../pkg/wire/lines.ts';
import { decodeMessage } from '../../pkg/wire/message.ts';
import { parseRun } from '../../pkg/wire/run.ts';
import { toyPeerId, toySign } from '../sim/toy-crypto.ts';
import { nickOf, Speaker } from '../unit/speaker.ts';

const anyText = fc.oneof(fc.string({ unit: 'binary' }), fc.string({ unit: 'grapheme' }), fc.json(), fc.string());
const SIGNATURE = 'A'.repeat(86);

/** JSON that is nearly a message: the fields and values of the protocol, mixed up. */
const nearly = fc.dictionary(
  fc.constantFrom(
    'type',
    'version',
    'room',
    'author',
    'heads',
    'digests',
    'sent',
    'nick',
    'port',
    'sequence',
    'clock',
    'sig',
    '__proto__',
    'whole',
  ),
  fc.oneof(
    fc.constantFrom<unknown>(
      'hello',
      'beat',
      'have',
      'want',
      'chat',
      'bye',
      'announce',
      'leave',
      GENERAL,
      toyPeerId('alice'),
      1,
      0,
      -1,
      2 ** 53,
      null,
    ),
    fc.jsonValue(),
  ),
);

/** A text and the chunks of its bytes. */
const chunked = fc
  .tuple(
    fc.array(fc.string({ unit: 'binary' }).map((text) => text.replaceAll('\n', ' '))),
    fc.infiniteStream(fc.nat(40)),
  )
  .map(([lines, cuts]) => {
    const bytes = new TextEncoder().encode(lines.map((line) => `${line}\n`).join(''));
    const chunks: Uint8Array[] = [];
    for (let start = 0; start < bytes.length; ) {
      const size = cuts.next().value ?? 1;
      chunks.push(bytes.subarray(start, start + size));
      start += size;
    }
    return { lines, chunks };
  });

describe('what comes from outside', () => {
  it('is a message, a datagram or a run, or a fault: never a throw', () => {
    fc.assert(
      fc.property(
        fc.oneof(
          anyText,
          nearly.map((value) => JSON.stringify(value)),
        ),
        (text) => {
          expect(typeof decodeMessage(text).type).toBe('string');
          expect(['datagram', 'fault']).toContain(decodeDatagram(new TextEncoder().encode(text)).type);
          expect(['run', 'fault']).toContain(parseRun(text).type);
        },
      ),
    );
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 2_000 }), (bytes) => {
        expect(['datagram', 'fault']).toContain(decodeDatagram(bytes).type);
        const { lines, fault } = new LineSplitter(100).push(bytes);
        for (const line of lines) expect(utf8Bytes(line)).toBeLessThanOrEqual(100);
        if (fault !== undefined) expect(['bad-line', 'line-too-long']).toContain(fault.code);
      }),
    );
  });

  it('is the same lines however it is chunked', () => {
    fc.assert(
      fc.property(chunked, ({ lines, chunks }) => {
        const splitter = new LineSplitter();
        expect(chunks.flatMap((chunk) => [...splitter.push(chunk).lines])).toEqual(lines);
      }),
    );
  });

  it('breaks at the same place however it is chunked', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 200 }), fc.nat(20), (bytes, size) => {
        const whole = new LineSplitter(20).push(bytes);
        const splitter = new LineSplitter(20);
        const lines: string[] = [];
        let code: string | undefined;
        for (let start = 0; start < bytes.length; start += size + 1) {
          const { lines: more, fault } = splitter.push(bytes.subarray(start, start + size + 1));
          lines.push(...more);
          code ??= fault?.code;
        }
        expect({ lines, code }).toEqual({ lines: whole.lines, code: whole.fault?.code });
      }),
    );
  });
});

describe('a run', () => {
  const content = fc
    .oneof(fc.string({ unit: 'binary', minLength: 1 }), fc.string({ unit: 'grapheme', minLength: 1 }))
    .filter(isContent);
  const said = fc.array(content, { minLength: 1, maxLength: 20 });

  it('comes back as it was said, byte for byte', () => {
    fc.assert(
      fc.property(said, (contents) => {
        const run = new Speaker('alice').say(contents);
        expect(parseRun(run.text)).toEqual(run);
        expect(run.entries.map((entry) => entry.content)).toEqual(contents);
        expect(utf8Bytes(run.text)).toBe(new TextEncoder().encode(run.text).length);
      }),
    );
  });

  it('has one part that is signed, whatever is said in it', () => {
    fc.assert(
      fc.property(
        fc.oneof(
          content,
          content.map((text) => `${text},"sig":"${SIGNATURE}"}`),
        ),
        (text) => {
          const utterance = { kind: 'chat' as const, sender: nickOf('alice'), content: text, saidAt: wallTime(0) };
          const head = { room: GENERAL, author: toyPeerId('alice'), sequence: 1, clock: 1, prev: NO_RUN };
          const { text: unsigned, count } = composeRun(head, [utterance]);
          expect(count).toBe(1);
          const signature = toySign(head.author, 'run', unsigned);
          expect(signedPart(sealed(unsigned, signature))).toEqual({ signed: unsigned, signature });
        },
      ),
    );
  });

  it('with one character changed is another run or none', () => {
    const { text } = new Speaker('alice').say(['one', 'two']);
    fc.assert(
      fc.property(fc.nat(text.length - 1), fc.constantFrom('x', '0', ' ', '"', '\\', '{'), (place, letter) => {
        const changed = `${text.slice(0, place)}${letter}${text.slice(place + 1)}`;
        fc.pre(changed !== text);
        const run = parseRun(changed);
        if (run.type === 'fault') return;
        expect(run.text).toBe(changed);
        const seal = signedPart(changed);
        expect(seal === undefined ? '' : toySign(run.author, 'run', seal.signed)).not.toBe(seal?.signature);
      }),
    );
  });
});

describe('names and keys', () => {
  it('a key comes back from its peer id', () => {
    fc.assert(
      fc.property(fc.uint8Array({ minLength: 32, maxLength: 32 }), (key) => {
        const peer = peerIdFromKey(key);
        expect(peer !== undefined && isPeerId(peer)).toBe(true);
        if (peer !== undefined) expect(keyFromPeerId(peer)).toEqual(key);
      }),
    );
  });

  it('what the check makes of a name is one, on the wire and the second time too', () => {
    fc.assert(
      fc.property(
        fc.oneof(fc.string({ unit: 'binary', maxLength: 30 }), fc.string({ unit: 'grapheme', maxLength: 10 })),
        (text) => {
          const check = checkNick(text);
          if (check.type === 'wrong') return;
          expect(isNick(check.nick)).toBe(true);
          expect(checkNick(check.nick)).toEqual(check);
          expect(check.nick).not.toMatch(/[\s\p{C}]/u);
        },
      ),
    );
  });
});
