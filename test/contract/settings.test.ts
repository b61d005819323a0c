import { mkdirSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { readSettings, writeSettings } from '../../internal/store/settings.ts';
import { StoreError } from '../../internal/store/store-error.ts';
import { checkNick, type Nick } from '../../pkg/identity/nick.ts';
import { scratchFolder } from './scratch.ts';

const posix = process.platform !== 'win32';

function nick(text: string): Nick {
  const check = checkNick(text);
  if (check.type !== 'nick') throw new Error(check.why);
  return check.nick;
}

function failureOf(work: () => unknown): StoreError {
  try {
    work();
  } catch (error) {
    if (error instanceof StoreError) return error;
    throw error;
  }
  throw new Error('it did not fail');
}

describe('the settings', () => {
  it('are none without a file, and none is made by reading', () => {
    const folder = scratchFolder();
    expect(readSettings(join(folder, 'config.json'))).toEqual({});
    expect(readdirSync(folder)).toEqual([]);
  });

  it('below a file, where no folder can be, name that folder', () => {
    const file = join(scratchFolder(), 'file');
    writeFileSync(file, '');
    const { code, message } = failureOf(() => readSettings(join(file, 'config.json')));
    expect(code).toBe('folder-unusable');
    expect(message).toContain(file);
  });

  it('are remembered, and what is not known is kept', () => {
    const path = join(scratchFolder(), 'p2pchat', 'config.json');
    writeSettings(path, { username: nick('alice') });
    expect(readSettings(path)).toEqual({ username: 'alice' });
    writeFileSync(path, '\ufeff{ "username": "alice", "theme": { "dark": true } }');
    writeSettings(path, { ...readSettings(path), username: nick('Zoë') });
    expect(JSON.parse(readFileSync(path, 'utf8'))).toEqual({ username: 'Zoë', theme: { dark: true } });
    expect(readdirSync(join(path, '..'))).toEqual(['config.json']);
    if (posix) expect(statSync(path).mode & 0o777).toBe(0o600);
  });

  it('say how much of a room is kept', () => {
    const path = join(scratchFolder(), 'config.json');
    const retention = { '#general': { days: 30, megabytes: 0.5 }, '*': { entries: 1_000 }, '#all': {} };
    writeFileSync(path, JSON.stringify({ retention }));
    expect(readSettings(path)).toEqual({ retention });
  });

  it.each([
    ['is cut off', '{"username": "al', 'it is not JSON'],
    ['is empty', '', 'it is not JSON'],
    ['is no object', '["alice"]', 'the whole'],
    ['has a username that is no text', '{"username": 7}', 'username'],
    ['has a username that cannot be used', '{"username": "a b"}', 'username: is no name that can be used'],
    ['keeps a room that is none', '{"retention": {"general": {"days": 7}}}', 'retention.general'],
    ['keeps for no time', '{"retention": {"*": {"days": 0}}}', 'retention.*.days'],
    ['keeps a number that is a text', '{"retention": {"*": {"days": "7"}}}', 'retention.*.days'],
    ['keeps half an entry', '{"retention": {"#general": {"entries": 1.5}}}', 'retention.#general.entries'],
    [
      'misspells what is kept',
      '{"retention": {"#general": {"day": 7}}}',
      'retention.#general: Unrecognized key: "day"',
    ],
    ['says of a room nothing that can be kept', '{"retention": {"#general": 7}}', 'retention.#general'],
  ])('in a file that %s are refused with what to do, and the file is left alone', (_what, text, reason) => {
    const path = join(scratchFolder(), 'config.json');
    writeFileSync(path, text);
    const failure = failureOf(() => readSettings(path));
    expect(failure.code).toBe('bad-config');
    expect(failure.message).toContain(path);
    expect(failure.message).toContain(reason);
    expect(failure.message).toContain('correct the file or move it away');
    expect(readFileSync(path, 'utf8')).toBe(text);
  });

  it('that cannot be read or written say so', () => {
    const folder = scratchFolder();
    mkdirSync(join(folder, 'config.json', 'inside'), { recursive: true });
    expect(failureOf(() => readSettings(join(folder, 'config.json'))).code).toBe('bad-config');
    expect(failureOf(() => writeSettings(join(folder, 'config.json'), {})).code).toBe('config-unwritable');
    expect(readdirSync(folder)).toEqual(['config.json']);
  });
});
