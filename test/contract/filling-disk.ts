/**
 * Stores runs in a folder until its disk is full, then reads, makes space, and goes on, all with one thread; says each
 * step on a line. The folder's disk is small and its own.
 */
import { rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { argv } from 'node:process';
import type { HistoryAnswer } from '../../internal/store/history-talk.ts';
import { HistoryThread } from '../../internal/store/history-thread.ts';
import { GENERAL } from '../../pkg/identity/room-name.ts';
import type { Ticket } from '../../pkg/peer/input.ts';
import { Author } from './author.ts';

const folder = argv[2] ?? '';
const ballast = join(folder, 'ballast');
const waiting = new Map<Ticket, (answer: HistoryAnswer) => void>();
let tickets = 0;

writeFileSync(ballast, Buffer.alloc(1_000_000));
const thread = new HistoryThread(join(folder, 'history.db'));
thread.listen({
  answered: (answers) => {
    for (const answer of answers) waiting.get(answer.ticket)?.(answer);
  },
  trouble: (text) => say('trouble', text),
  died: (why) => say('died', why),
});

function say(step: string, what: unknown): void {
  console.log(JSON.stringify([step, what]));
}

function ask(
  task: { readonly type: 'store'; readonly author: Author } | { readonly type: 'page' },
): Promise<HistoryAnswer> {
  tickets += 1;
  const ticket = tickets as Ticket;
  const answer = new Promise<HistoryAnswer>((resolve) => waiting.set(ticket, resolve));
  if (task.type === 'store') thread.post([{ type: 'store', ticket, runs: [task.author.say(['x'.repeat(4_000)])] }]);
  else thread.post([{ type: 'page', ticket, room: GENERAL, before: Number.MAX_SAFE_INTEGER }]);
  return answer;
}

const author = new Author();
let stored = 0;
for (;;) {
  const { end } = author;
  const answer = await ask({ type: 'store', author });
  if (answer.type === 'stored') {
    stored += 1;
    continue;
  }
  say('refused', answer.type === 'store-failed' ? answer.why : answer.type);
  author.end = end;
  break;
}
say('stored', stored);
const full = await ask({ type: 'page' });
say('read', full.type === 'paged' ? full.runs.length : full.type);
rmSync(ballast);
say('again', (await ask({ type: 'store', author })).type);
const page = await ask({ type: 'page' });
say('read', page.type === 'paged' ? page.runs.length : page.type);
await thread.close();
