/**
 * The floor that taking in a history is measured against, a process for each end: the same lines over bare TLS 1.3, read
 * with `JSON.parse`, inserted with SQLite in transactions of 1,000. No chain, no signature, no room.
 */
import { rmSync } from 'node:fs';
import { DatabaseSync } from 'node:sqlite';
import { connect, createServer } from 'node:tls';
import { Identity } from '../../internal/crypto/identity.ts';

const [end = '', path = '', port = '0'] = process.argv.slice(2);
const LINES_A_WRITE = 500;
const ROWS_A_TRANSACTION = 1_000;

if (end === 'sender') send();
else receive();

function send(): void {
  const rows = new DatabaseSync(path, { readOnly: true }).prepare('SELECT text FROM run ORDER BY feed, first').all();
  const lines = rows.flatMap(({ text }) => String(text).split('\n'));
  const credentials = Identity.generate().credentials();
  const server = createServer({ ...credentials, minVersion: 'TLSv1.3' }, (socket) => {
    let next = 0;
    const go = (): void => {
      while (next < lines.length) {
        const slice = lines.slice(next, next + LINES_A_WRITE);
        next += slice.length;
        if (!socket.write(`${slice.join('\n')}\n`)) return void socket.once('drain', go);
      }
      socket.end();
    };
    socket.once('close', () => server.close());
    go();
  });
  server.listen(0, '127.0.0.1', () => {
    const bound = server.address();
    console.log(JSON.stringify({ what: 'up', port: typeof bound === 'object' ? bound?.port : 0 }));
  });
}

function receive(): void {
  rmSync(path, { force: true });
  const database = new DatabaseSync(path);
  database.exec('PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL');
  database.exec('CREATE TABLE entry (author TEXT, sequence INTEGER, line TEXT)');
  const insert = database.prepare('INSERT INTO entry VALUES (?, ?, ?)');
  let rest = '';
  let rows = 0;
  const startedAt = performance.now();
  const socket = connect({ host: '127.0.0.1', port: Number(port), rejectUnauthorized: false, minVersion: 'TLSv1.3' });
  socket.setEncoding('utf8');
  socket.on('data', (text: string) => {
    const lines = (rest + text).split('\n');
    rest = lines.pop() ?? '';
    for (const line of lines) {
      const entry = JSON.parse(line);
      if (rows % ROWS_A_TRANSACTION === 0) database.exec('BEGIN');
      insert.run(entry.author, entry.sequence, line);
      rows += 1;
      if (rows % ROWS_A_TRANSACTION === 0) database.exec('COMMIT');
    }
  });
  socket.once('end', () => {
    if (database.isTransaction) database.exec('COMMIT');
    console.log(JSON.stringify({ what: 'stored', rows, ms: performance.now() - startedAt }));
    database.close();
    socket.end();
  });
}
