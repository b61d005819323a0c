import { chmodSync, mkdirSync, statSync, writeFileSync } from 'node:fs';
import { basename, join, resolve } from 'node:path';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { findFolders, folderName, folderUnusable, makeFolders } from '../../internal/store/folders.ts';
import { scratchFolder } from './scratch.ts';

const posix = process.platform !== 'win32';

function find(platform: NodeJS.Platform, environment: Record<string, string> = {}): ReturnType<typeof findFolders> {
  return findFolders('Alice', { platform, home: '/home/a', environment });
}

describe.runIf(posix)('the folders', () => {
  it('are those of XDG on Linux', () => {
    expect(find('linux')).toEqual({
      config: '/home/a/.config/p2pchat',
      profile: '/home/a/.local/share/p2pchat/alice',
      state: '/home/a/.local/state/p2pchat',
    });
    const environment = { XDG_CONFIG_HOME: '/c', XDG_DATA_HOME: '/d', XDG_STATE_HOME: '/s' };
    expect(find('linux', environment)).toEqual({
      config: '/c/p2pchat',
      profile: '/d/p2pchat/alice',
      state: '/s/p2pchat',
    });
    expect(find('linux', { XDG_DATA_HOME: 'relative', XDG_CONFIG_HOME: '' })).toEqual(find('linux'));
  });

  it('are those of the platform elsewhere', () => {
    expect(find('darwin').profile).toBe('/home/a/Library/Application Support/p2pchat/profiles/alice');
    expect(find('win32').config).toBe('/home/a/AppData/Local/p2pchat');
    expect(find('win32', { LOCALAPPDATA: '/local' }).state).toBe('/local/p2pchat/state');
  });

  it('are all in P2PCHAT_HOME where that is set', () => {
    for (const platform of ['linux', 'darwin', 'win32'] as const) {
      expect(find(platform, { P2PCHAT_HOME: '/p', XDG_DATA_HOME: '/d' })).toEqual({
        config: '/p',
        profile: '/p/profiles/alice',
        state: '/p/state',
      });
    }
    expect(find('linux', { P2PCHAT_HOME: 'here' }).config).toBe(resolve('here'));
    expect(find('linux', { P2PCHAT_HOME: '' })).toEqual(find('linux'));
  });

  it('are made for their owner only, the profile even if it was open', () => {
    const home = scratchFolder();
    const folders = findFolders('alice', { platform: 'linux', home, environment: {} });
    mkdirSync(folders.profile, { recursive: true });
    chmodSync(folders.profile, 0o755);
    makeFolders(folders);
    makeFolders(folders);
    for (const folder of Object.values(folders))
      expect([folder, statSync(folder).mode & 0o777]).toEqual([folder, 0o700]);
  });

  it('that were there before keep their own permissions', () => {
    const home = scratchFolder();
    chmodSync(home, 0o755);
    makeFolders(findFolders('alice', { platform: 'linux', home: '/', environment: { P2PCHAT_HOME: home } }));
    expect(statSync(home).mode & 0o777).toBe(0o755);
  });
});

describe('a folder that cannot be used', () => {
  it('is named, with the reason and what to do, when a file is in its way or above it', () => {
    const file = join(scratchFolder(), 'file');
    writeFileSync(file, '');
    for (const root of [file, join(file, 'below')]) {
      const folders = { config: root, profile: join(root, 'profiles', 'alice'), state: join(root, 'state') };
      expect(() => makeFolders(folders)).toThrow(
        expect.objectContaining({
          name: 'StoreError',
          code: 'folder-unusable',
          message: `cannot use the folder ${root}: a file is where a folder should be; move that file away, or set P2PCHAT_HOME to a folder of your own`,
        }),
      );
    }
  });

  it.runIf(posix && process.getuid?.() !== 0)('is named when nothing may be written there', () => {
    const root = scratchFolder();
    chmodSync(root, 0o500);
    const folders = { config: root, profile: join(root, 'profiles', 'alice'), state: join(root, 'state') };
    expect(() => makeFolders(folders)).toThrow(/^cannot use the folder .*: you may not write there; /);
    chmodSync(root, 0o700);
  });

  it.each([
    ['EROFS', 'the disk is read-only'],
    ['ENOSPC', 'the disk is full'],
    ['EACCES', 'you may not write there'],
    ['EIO', 'the system says EIO'],
  ])('says what %s means', (code, reason) => {
    const { message } = folderUnusable('/x', Object.assign(new Error(code), { code }));
    expect(message).toMatch(new RegExp(`^cannot use the folder /x: ${reason}; .*, or set P2PCHAT_HOME to .*$`));
  });
});

describe('the folder name of a profile', () => {
  it.each([
    ['alice', 'alice'],
    ['Alice_1-b', 'alice_1-b'],
    ['..', '%2e%2e'],
    ['a/b\\c', 'a%2fb%5cc'],
    ['GRÜSS', 'gr%c3%bcss'],
    ['con', '%63on'],
    ['COM1', '%63om1'],
    ['console', 'console'],
    ['%2e', '%252e'],
  ])('%s is %s', (profile, name) => {
    expect(folderName(profile)).toBe(name);
  });

  it('is one for a composed and a decomposed letter, and for both cases', () => {
    expect(folderName('e\u0301')).toBe(folderName('\u00c9'));
  });

  const names = fc.string({ unit: 'grapheme', minLength: 1, maxLength: 60 });

  it('is always a single harmless name that every file system takes', () => {
    fc.assert(
      fc.property(names, (profile) => {
        const name = folderName(profile);
        expect(name).toMatch(/^[a-z0-9_%~-]{1,128}$/);
        expect(basename(join('/x', name))).toBe(name);
      }),
    );
  });

  it('differs where names differ in more than case', () => {
    const plain = (profile: string): string => profile.normalize('NFC').toLowerCase().normalize('NFC');
    fc.assert(
      fc.property(names, names, (one, other) => {
        expect(folderName(one) === folderName(other)).toBe(plain(one) === plain(other));
      }),
    );
    const long = '👋'.repeat(24);
    expect(folderName(`${long}a`)).not.toBe(folderName(`${long}b`));
  });
});
