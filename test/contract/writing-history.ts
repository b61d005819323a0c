/** Stores runs one after the other, going on where the file ends, and says each sequence once it is stored. */
import { dirname, join } from 'node:path';
import { argv } from 'node:process';
import { Identity } from '../../internal/crypto/identity.ts';
import { History } from '../../internal/store/history.ts';
import { Author } from './author.ts';

const path = argv[2] ?? '';
const identity = Identity.open(join(dirname(path), 'identity.pem'));
const { history } = History.open(path);
const [end] = history.heads();
const author = new Author({ identity, ...(end && { end }) });

for (let turn = 0; ; turn += 1) {
  const batches = Array.from({ length: (turn % 3) + 1 }, () => [author.say(['hello']), author.say(['and', 'more'])]);
  const outcomes = history.store(batches);
  if (outcomes.some(({ type }) => type !== 'stored')) throw new Error(JSON.stringify(outcomes));
  console.log(author.end.sequence);
  await new Promise((resolve) => setImmediate(resolve));
}
