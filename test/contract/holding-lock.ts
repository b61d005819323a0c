/** Takes a profile's lock and holds it until it is killed. Says `held`, or how it was refused. */
import { argv } from 'node:process';
import { lockProfile } from '../../internal/store/lock.ts';
import { StoreError } from '../../internal/store/store-error.ts';

try {
  lockProfile(argv[2] ?? '', 'alice');
  console.log('held');
  setInterval(() => {}, 1_000);
} catch (error) {
  console.log(error instanceof StoreError ? error.code : error);
}
