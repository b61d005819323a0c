import { mkdirSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { openTrace, type Trace } from '../../internal/runtime/trace.ts';
import { StoreError } from '../../internal/store/store-error.ts';
import { scratchFolder } from './scratch.ts';

function open(folder: string): Promise<Trace> {
  return openTrace({ everything: true, namespaces: undefined, folder });
}

describe('a trace in a file', () => {
  it('holds what is traced, and is whole', async () => {
    const folder = join(scratchFolder(), 'state');
    const trace = await open(folder);
    trace.write('net', 'hello \u001b[31m');
    trace.close();
    expect(trace.file).toBe(join(folder, `trace-${process.pid}.log`));
    expect(readFileSync(trace.file ?? '', 'utf8')).toMatch(/p2pchat:net hello ␛\[31m/);
    expect(trace.failure).toBeUndefined();
  });

  it.runIf(process.platform === 'linux')('that the disk does not take ends in silence, and says so', async () => {
    const folder = scratchFolder();
    symlinkSync('/dev/full', join(folder, `trace-${process.pid}.log`));
    const trace = await open(folder);
    expect(trace.failure).toBeUndefined();
    for (let count = 0; count < 3; count += 1) trace.write('net', 'hello');
    expect(trace.failure).toBe('ENOSPC');
    trace.close();
    expect(trace.failure).toBe('ENOSPC');
  });

  it('that cannot be made names the folder and what to do', async () => {
    const file = join(scratchFolder(), 'file');
    writeFileSync(file, '');
    await expect(open(join(file, 'state'))).rejects.toThrow(StoreError);
    await expect(open(join(file, 'state'))).rejects.toThrow(`${join(file, 'state')}: a file is where`);
    const folder = scratchFolder();
    mkdirSync(join(folder, `trace-${process.pid}.log`));
    await expect(open(folder)).rejects.toThrow(`cannot use the folder ${folder}: `);
  });
});
