import { PassThrough } from 'node:stream';
import { afterEach, describe, expect, it } from 'vitest';
import { type PlainEnd, runPlain } from '../../../internal/headless/plain.ts';
import type { Command } from '../../../pkg/chat/command.ts';
import { FakeChat, message, nick, peer, person } from '../../ui/fake-chat.ts';

const PEOPLE = [person(1, 'alice'), person(2, 'bob')];
const over = new Set<AbortController>();

afterEach(() => {
  for (const each of over) each.abort();
  over.clear();
});

/** Plain lines at which somebody types, or a script. */
class Lines {
  readonly chat: FakeChat;
  readonly stdin = new PassThrough();
  readonly ended: Promise<{ readonly end: PlainEnd; readonly refused: number }>;
  out = '';
  told = '';
  #wake = (): void => {};

  constructor(chat = new FakeChat({ people: PEOPLE }), interactive = true) {
    this.chat = chat;
    const abort = new AbortController();
    over.add(abort);
    const stdout = new PassThrough().on('data', (data) => this.#read(() => (this.out += String(data))));
    const stderr = new PassThrough().on('data', (data) => this.#read(() => (this.told += String(data))));
    const times = { timeOf: () => '10:30', dayOf: () => '2025-11-16' };
    const streams = { stdin: this.stdin, stdout, stderr };
    this.ended = runPlain({ chat, ...streams, ...times, history: false, interactive, signal: abort.signal });
  }

  /** Waits until `holds` does, looking whenever something was written. */
  async until(holds: () => boolean): Promise<void> {
    while (!holds()) {
      await new Promise<void>((resolve) => {
        this.#wake = resolve;
      });
    }
  }

  #read(take: () => void): void {
    take();
    this.#wake();
  }
}

/** Finds nothing at once: the test tells when it is answered. */
class SlowChat extends FakeChat {
  override do(command: Command): void {
    if (command.type === 'search') this.done.push(command);
    else super.do(command);
  }
}

describe('plain lines', () => {
  it('tell what a search has found, before the end of the input ends them', async () => {
    const lines = new Lines(new FakeChat({ people: PEOPLE, items: [message(1, 'the build failed')] }));
    lines.stdin.end('/search build\n/search buidl\n');
    await lines.ended;
    expect(lines.told).toBe(
      [
        '-- 1 found for "build":',
        '--   10:30 bob: the build failed',
        '-- nothing found for "buidl": try fewer words, or others',
        '',
      ].join('\n'),
    );
    expect(lines.out).toBe('');
  });

  it('read on when a search was answered, or refused', async () => {
    const chat = new SlowChat({ people: PEOPLE });
    const lines = new Lines(chat);
    lines.stdin.write('/search one\n/search two\n/help search\n');
    await expect.poll(() => chat.done.length).toBe(1);
    chat.tell({ type: 'found', words: 'one', messages: [], more: false });
    await expect.poll(() => chat.done.length).toBe(2);
    expect(lines.told).not.toContain('example');
    chat.refuse('not now', 0);
    await lines.until(() => lines.told.includes('example: /search build failed'));
    expect(lines.told).toMatch(/nothing found for "one".*\n-- not now\n/);
  });

  it('tell who has what one said, in a script when there was time for it', async () => {
    const lines = new Lines(new FakeChat({ people: PEOPLE }), false);
    lines.stdin.end('hello\n/delivery\n');
    await lines.until(() => lines.out === '10:30 alice: hello\n');
    expect(lines.told).toBe('');
    lines.chat.acknowledge(2, 1);
    await lines.until(() => lines.told.includes('has it'));
    expect(lines.told).toBe('-- your last message, 10:30: hello\n-- everyone here has it: bob\n');
  });

  it('tell at once who came, and together who came with them, before what they say', async () => {
    const lines = new Lines();
    const joins = (number: number, name: string) =>
      lines.chat.tell({ type: 'joined', peer: peer(number), nick: nick(name) });
    joins(3, 'carol');
    joins(6, 'frank');
    joins(7, 'grace');
    await lines.until(() => lines.told === '-- carol joined\n-- frank joined\n-- grace joined\n');
    joins(4, 'dave');
    joins(5, 'erin');
    lines.chat.receive(message(1, 'hi', { author: peer(5), nick: nick('erin') }));
    await lines.until(() => lines.out !== '');
    await lines.until(
      () => lines.told === '-- carol joined\n-- frank joined\n-- grace joined\n-- dave and erin joined\n',
    );
  });

  it('tell all who came before the end', async () => {
    const lines = new Lines();
    lines.chat.tell({ type: 'joined', peer: peer(3), nick: nick('carol') });
    lines.chat.tell({ type: 'joined', peer: peer(4), nick: nick('dave') });
    await lines.until(() => lines.told !== '');
    lines.stdin.end('/quit\n');
    await lines.ended;
    expect(lines.told).toBe('-- carol joined\n-- dave joined\n');
  });

  it('wait for what the doctor says, and take what was mistyped for a mistake', async () => {
    const lines = new Lines();
    lines.stdin.end('/doctor\n/connect a:b:c\n/connect nas.local\n');
    await expect.poll(() => lines.chat.done.length).toBe(1);
    expect(lines.told).toBe('');
    lines.chat.tell({ type: 'note', lines: ['all is well'] });
    expect(await lines.ended).toMatchObject({ refused: 1 });
    expect(lines.told).toMatch(/^-- all is well\n-- that is no address: .*\[fe80::1%eth0\]:8080\n$/);
    expect(lines.chat.done.at(-1)).toEqual({ type: 'connect', to: { address: 'nas.local', port: 8080 } });
  });

  it('mark what came late', async () => {
    const lines = new Lines();
    lines.chat.receive(message(7, 'said earlier', { late: true }));
    lines.chat.tell({ type: 'late', count: 1, messages: [] });
    await lines.until(() => lines.told.includes('came only now'));
    expect(lines.out).toBe('10:30 late bob: said earlier\n');
  });
});
