import { describe, expect, it } from 'vitest';
import { LINE_BYTES_MAX } from '../../../pkg/base/limits.ts';
import { LineSplitter, utf8Bytes } from '../../../pkg/wire/lines.ts';

const encoder = new TextEncoder();

describe('the bytes of a text', () => {
  it.each(['', 'a', 'é', '€', '𝕬', 'a\u0000b', '李雷 🦊'])('%j', (text) => {
    expect(utf8Bytes(text)).toBe(encoder.encode(text).length);
  });
});

describe('a stream of bytes', () => {
  it('is cut at line feeds and nowhere else', () => {
    const splitter = new LineSplitter();
    expect(splitter.push(encoder.encode('one\ntwo\r\n\nthr')).lines).toEqual(['one', 'two\r', '']);
    expect(splitter.push(encoder.encode('ee\u2028x')).lines).toEqual([]);
    expect(splitter.push(encoder.encode('\n')).lines).toEqual(['three\u2028x']);
  });

  it('gives the same lines one byte at a time, within characters too', () => {
    const splitter = new LineSplitter();
    const lines: string[] = [];
    for (const byte of encoder.encode('é𝕬\n\nlast\n')) lines.push(...splitter.push(Uint8Array.of(byte)).lines);
    expect(lines).toEqual(['é𝕬', '', 'last']);
  });

  it('holds a long line together, however often it comes in pieces', () => {
    const splitter = new LineSplitter();
    const line = Array.from({ length: 5_000 }, (_, place) => String.fromCharCode(97 + (place % 26))).join('');
    const bytes = encoder.encode(`${line}\n`);
    const lines: string[] = [];
    for (let start = 0; start < bytes.length; start += 99) {
      lines.push(...splitter.push(bytes.subarray(start, start + 99)).lines);
    }
    expect(lines).toEqual([line]);
  });

  it('keeps nothing of a chunk that belongs to somebody else', () => {
    const splitter = new LineSplitter();
    const chunk = encoder.encode('abc');
    splitter.push(chunk);
    chunk.fill(120);
    expect(splitter.push(encoder.encode('d\n')).lines).toEqual(['abcd']);
  });

  it('takes a line of the greatest length, and not one byte more', () => {
    const longest = 'x'.repeat(LINE_BYTES_MAX);
    expect(new LineSplitter().push(encoder.encode(`${longest}\n`))).toEqual({ lines: [longest], fault: undefined });
    expect(new LineSplitter().push(encoder.encode(`${longest}x\n`)).fault?.code).toBe('line-too-long');
  });

  it('is cut off as soon as the bound is passed, without waiting for the line to end', () => {
    const splitter = new LineSplitter(10);
    expect(splitter.push(encoder.encode('0123456789'))).toEqual({ lines: [], fault: undefined });
    expect(splitter.push(encoder.encode('0')).fault?.code).toBe('line-too-long');
  });

  it('gives the lines before a fault, and nothing after it', () => {
    const splitter = new LineSplitter(5);
    const { lines, fault } = splitter.push(encoder.encode('good\ntoo long\nnext\n'));
    expect({ lines, code: fault?.code }).toEqual({ lines: ['good'], code: 'line-too-long' });
    expect(splitter.push(encoder.encode('more\n'))).toEqual({ lines: [], fault: undefined });
  });

  it('is UTF-8 or a fault', () => {
    for (const bytes of [[0xff], [0xc0, 0x80], [0xed, 0xa0, 0x80], [0xf5, 0x80, 0x80, 0x80], [0xe2, 0x82]]) {
      const { lines, fault } = new LineSplitter().push(Uint8Array.from([...bytes, 0x0a]));
      expect({ lines, code: fault?.code }).toEqual({ lines: [], code: 'bad-line' });
    }
  });

  it('keeps a byte order mark, so that what is hashed is what came', () => {
    expect(new LineSplitter().push(Uint8Array.of(0xef, 0xbb, 0xbf, 0x61, 0x0a)).lines).toEqual(['\ufeffa']);
  });
});
