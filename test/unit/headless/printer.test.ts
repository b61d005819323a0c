import { once } from 'node:events';
import { PassThrough, type Readable, Writable } from 'node:stream';
import { describe, expect, it } from 'vitest';
import { Printer } from '../../../internal/headless/printer.ts';
import { EVENTS_BEHIND_MAX } from '../../../pkg/base/limits.ts';

const LINES = 5_000;

function pipe(): PassThrough {
  return new PassThrough({ highWaterMark: 1_024 });
}

/** Prints `LINES` lines of 100 bytes. */
function printMany(printer: Printer, stream: Writable): void {
  for (let count = 0; count < LINES; count += 1) printer.print(stream, `${count}`.padEnd(99));
}

async function linesOf(stream: Readable, count: number): Promise<string[]> {
  let text = '';
  for await (const chunk of stream.setEncoding('utf8')) {
    text += String(chunk);
    if (text.split('\n').length > count) break;
  }
  return text.split('\n').slice(0, count);
}

describe('lines', () => {
  it('wait for a stream that is not read, and all come in order once it is', async () => {
    const stream = pipe();
    const printer = new Printer(new AbortController().signal);
    printMany(printer, stream);
    expect(stream.writableLength + stream.readableLength).toBeLessThan(4_096);
    const lines = await linesOf(stream, LINES);
    expect(lines.map(Number)).toEqual(Array.from({ length: LINES }, (_, place) => place));
    await printer.done();
  });

  it('that wait for one stream hold back those for another, so that they keep their order', async () => {
    const [full, free] = [pipe(), pipe()];
    const printer = new Printer(new AbortController().signal);
    printMany(printer, full);
    printer.print(free, 'last');
    expect(free.readableLength).toBe(0);
    full.resume();
    expect(await linesOf(free, 1)).toEqual(['last']);
  });

  it('are done with at once when it is over, however full the stream', async () => {
    const over = new AbortController();
    const printer = new Printer(over.signal);
    const stream = pipe();
    printMany(printer, stream);
    const { writableLength } = stream;
    over.abort();
    await printer.done();
    printer.print(stream, 'late');
    await printer.done();
    expect(stream.writableLength).toBe(writableLength);
  });

  it('go on, into nothing, when a stream fails', async () => {
    const stream = new Writable({
      highWaterMark: 1,
      write: (_chunk, _encoding, done) => void setImmediate(done, new Error('EPIPE')),
    });
    const printer = new Printer(new AbortController().signal);
    const failed = once(stream, 'error').catch((error: unknown) => error);
    printMany(printer, stream);
    await printer.done();
    expect(String(await failed)).toContain('EPIPE');
  });

  it('that nobody reads for too long are an error, not memory', () => {
    const stream = pipe();
    const printer = new Printer(new AbortController().signal);
    const print = () => {
      for (let count = 0; count < EVENTS_BEHIND_MAX + LINES; count += 1) printer.print(stream, 'x'.padEnd(99));
    };
    expect(print).toThrow(/not read in time/);
  });
});
