/**
 * One end of a measurement, a process of its own: the chat without a front end. It prints a line of JSON for each thing
 * that is measured, by the clock that all processes share, and leaves when its standard input ends.
 */
import { startChat } from '../../internal/runtime/chat-session.ts';
import { openTrace } from '../../internal/runtime/trace.ts';
import { findFolders } from '../../internal/store/folders.ts';
import { LINKS_MAX_DEFAULT } from '../../pkg/base/limits.ts';
import { checkNick } from '../../pkg/identity/nick.ts';
import { wordOf } from './past.ts';

const [name = '', group = '', card = '', awaited = '0'] = process.argv.slice(2);
const entries = Number(awaited);
/** Rows of a large screen. */
const SCREEN_MESSAGES = 50;
/** Words whose entries are looked for, spread over all that came. */
const WORDS_LOOKED_FOR = 20;

const check = checkNick(name);
if (check.type === 'wrong') throw new Error(`${name} ${check.why}`);
const [address = '', port = ''] = group.split(':');
const session = await startChat({
  nick: check.nick,
  profile: check.nick,
  folders: findFolders(name),
  port: 18_000,
  portNamed: false,
  group: { address, port: Number(port) },
  interfaces: [card],
  targets: [],
  linksMax: LINKS_MAX_DEFAULT,
  software: 'bench',
  trace: await openTrace({ everything: false, namespaces: undefined, folder: undefined }),
});
const { chat } = session;
let blockMs = 0;
if (entries > 0) watchLoop();
tell({ what: 'up' });
if (entries > 0) await takeIn();
process.stdin.resume();
process.stdin.once('end', () => void leave());

async function leave(): Promise<void> {
  await session.leave('');
  await session.stop();
}

/** Tells when it is linked, has something to read, has everything, and finds everything. */
async function takeIn(): Promise<void> {
  const seen = new AbortController();
  const unsubscribe = chat.subscribe(() => {
    if (chat.snapshot().room.items.filter(({ type }) => type === 'message').length < SCREEN_MESSAGES) return;
    tell({ what: 'screen' });
    unsubscribe();
  });
  let held = 0;
  for await (const event of chat.events(seen.signal)) {
    if (event.type === 'notice' && event.notice.what.type === 'joined') tell({ what: 'linked' });
    if (event.type === 'message') held += 1;
    if (held === entries) break;
  }
  const { rss } = process.memoryUsage();
  tell({ what: 'stored', blockMs: Math.round(blockMs), rssMB: Math.round(rss / 1e6) });
  for (let place = 0; place < WORDS_LOOKED_FOR; place += 1) {
    await findWord(wordOf(Math.floor((place * (entries - 1)) / (WORDS_LOOKED_FOR - 1))));
  }
  tell({ what: 'searchable' });
  seen.abort();
}

/** Looks for a word until it is found. */
async function findWord(words: string): Promise<void> {
  const answered = new AbortController();
  const room = chat.snapshot().room.name;
  const events = chat.events(answered.signal);
  chat.do({ type: 'search', room, words });
  for await (const event of events) {
    if (event.type !== 'notice' || event.notice.what.type !== 'found') continue;
    if (event.notice.what.messages.length > 0) break;
    chat.do({ type: 'search', room, words });
  }
  answered.abort();
}

/** The longest time for which a key would have had to wait. */
function watchLoop(): void {
  let last = performance.now();
  setInterval(() => {
    const now = performance.now();
    blockMs = Math.max(blockMs, now - last - 1);
    last = now;
  }, 1).unref();
}

function tell(facts: { readonly what: string } & Readonly<Record<string, number | string>>): void {
  process.stdout.write(`${JSON.stringify({ ...facts, at: Date.now() })}\n`);
}
