/**
 * What runs on the history's thread. `HistoryThread` starts it by the name of this file, from the sources as from the
 * bundle. SQLite is loaded only after its announcement is silenced.
 */
import { parentPort } from 'node:worker_threads';
import { assert } from '../../pkg/base/assert.ts';
import type { ToHistory } from './history-talk.ts';
import { keepQuietAboutSqlite } from './quiet-sqlite.ts';

keepQuietAboutSqlite();
const { HistoryLoop } = await import('./history-loop.ts');
const port = parentPort;
assert(port !== null, 'the history runs on a thread of its own');
const loop = new HistoryLoop({ say: (said) => port.postMessage(said), ended: () => port.close() });
port.on('message', (asked: ToHistory) => loop.take(asked));
