import { describe, expect, it } from 'vitest';
import { CONTENT_BYTES_MAX, REASON_CHARS_MAX } from '../../../pkg/base/limits.ts';
import { wallTime } from '../../../pkg/base/units.ts';
import type { InputAction, InputContext } from '../../../pkg/chat/input-action.ts';
import { readInput } from '../../../pkg/chat/slash.ts';
import { SLASH_COMMANDS } from '../../../pkg/chat/slash-table.ts';
import { FakeChat, person } from '../../ui/fake-chat.ts';

const people = [
  person(1, 'alice'),
  person(2, 'bob', { ambiguous: true }),
  person(3, 'Bob', { ambiguous: true, software: 'evil\u001b[31m' }),
];

function read(text: string): InputAction {
  const context: InputContext = {
    snapshot: new FakeChat({ people }).snapshot(),
    now: wallTime(0),
    timeOf: () => '10:30',
  };
  return readInput(text, context);
}

function said(text: string, kind: 'chat' | 'action' = 'chat'): InputAction {
  return { type: 'command', command: { type: 'say', room: new FakeChat().snapshot().room.name, kind, text } };
}

function searched(words: string): InputAction {
  return { type: 'command', command: { type: 'search', room: new FakeChat().snapshot().room.name, words } };
}

function errorOf(text: string): string {
  const action = read(text);
  return action.type === 'error' ? action.text : `no error but ${action.type}`;
}

function linesOf(text: string): readonly string[] {
  const action = read(text);
  return action.type === 'show' ? action.lines : [`no lines but ${action.type}`];
}

describe('readInput', () => {
  it.each([
    ['hello', said('hello')],
    ['  indented, with its end cut  \n', said('  indented, with its end cut')],
    ['two\nlines', said('two\nlines')],
    ['//etc/hosts', said('/etc/hosts')],
    ['///', said('//')],
    ['a / in the middle', said('a / in the middle')],
    ['/say /etc/hosts', said('/etc/hosts')],
    ['/SAY Hi', said('Hi')],
    ['/me waves', said('waves', 'action')],
    ['/Me waves\nand smiles', said('waves\nand smiles', 'action')],
    ['/clear', { type: 'clear' }],
    ['/quit', { type: 'quit', reason: '' }],
    ['/quit see you', { type: 'quit', reason: 'see you' }],
    ['/exit see you', { type: 'quit', reason: 'see you' }],
    ['', { type: 'nothing' }],
    [' \n ', { type: 'nothing' }],
    ['//', said('/')],
    ['/search  build failed ', searched('build failed')],
    ['/search /etc', searched('/etc')],
    ['/nick carol', { type: 'command', command: { type: 'nick', nick: 'carol' } }],
  ])('reads %j', (text, action) => {
    expect(read(text)).toEqual(action);
  });

  it('never sends a word behind a slash that is no command, and says what was meant', () => {
    expect(errorOf('/nikc bob')).toContain('did you mean /nick?');
    expect(errorOf('/hlep')).toContain('did you mean /help?');
    expect(errorOf('/qiut')).toContain('did you mean /quit?');
    expect(errorOf('/q')).toContain('there is no /q: did you mean /quit?');
    expect(errorOf('/usr/bin/env is a path')).toContain('there is no /usr/bin/env: /help lists the commands');
    expect(errorOf('  /secret to myself')).toContain('there is no /secret');
    expect(errorOf('/')).toContain('/help');
    expect(errorOf('/ nick bob')).toContain('missing');
    expect(errorOf('/constructor')).toContain('there is no /constructor');
  });

  it('shows a foreign word safely and not at length', () => {
    expect(errorOf('/\u001b[31mx')).toContain('there is no /␛[31mx');
    expect(errorOf(`/${'x'.repeat(9_000)}`).length).toBeLessThan(120);
  });

  it('tells how a command is used when something is missing or too much', () => {
    expect(errorOf('/me')).toBe('use: /me text   for example: /me waves');
    expect(errorOf('/say')).toContain('use: /say text');
    expect(errorOf('/search')).toBe('use: /search words   for example: /search build failed');
    expect(errorOf('/delivery bob')).toContain('/delivery stands alone');
    expect(errorOf('/clear all')).toBe('/clear stands alone: nothing follows it');
  });

  it('says what is wrong with a name, and who one is', () => {
    expect(errorOf('/nick a b')).toBe('that name contains a space, a control or an invisible character');
    expect(errorOf(`/nick ${'x'.repeat(25)}`)).toBe('that name is longer than 24 characters');
    expect(linesOf('/nick')[0]).toContain('you are alice');
    expect(linesOf('/nick alice')[0]).toContain('already');
  });

  it('refuses a text that no message holds, by bytes and not by characters', () => {
    expect(read('ü'.repeat(CONTENT_BYTES_MAX / 2)).type).toBe('command');
    expect(errorOf('ü'.repeat(CONTENT_BYTES_MAX / 2 + 1))).toContain(`${CONTENT_BYTES_MAX + 2} bytes`);
    expect(errorOf(`/quit ${'x'.repeat(REASON_CHARS_MAX + 1)}`)).toContain('shorten it');
  });

  it('answers who has what one said', () => {
    expect(linesOf('/delivery')).toEqual(['none of what is on hand here was said by you']);
  });

  it('lists who is here, with tags where names are alike', () => {
    const bob = `bob~${person(2, 'bob').tag}   192.168.1.2:8080   1.0 ms   since 10:30   p2pchat/0.1.0`;
    expect(linesOf('/who')).toEqual([
      '3 are here:',
      'alice   you   since 10:30   p2pchat/0.1.0',
      bob,
      `Bob~${person(3, 'Bob').tag}   192.168.1.3:8080   1.5 ms   since 10:30   evil␛[31m`,
    ]);
    expect(linesOf('/who 1.2:')).toEqual([bob]);
    expect(linesOf('/WHO BOB')).toHaveLength(2);
    expect(errorOf('/who zoe')).toBe('nobody here matches zoe');
  });
});

describe('/connect', () => {
  it('dials a place, or takes it back', () => {
    const to = { address: 'nas.local', port: 8080 };
    expect(read('/connect nas.local')).toEqual({ type: 'command', command: { type: 'connect', to } });
    expect(read('/connect -stop nas.local')).toEqual({ type: 'command', command: { type: 'stop-connecting', to } });
    expect(errorOf('/connect -stop')).toContain('use: /connect');
    expect(errorOf('/connect')).toContain('use: /connect');
    expect(errorOf('/connect -stops nas.local')).toContain('is no address');
  });
});

describe('/help', () => {
  it('tells of every command, and of each one', () => {
    const all = linesOf('/help').join('\n');
    for (const { name, help, example } of SLASH_COMMANDS) {
      expect(all).toContain(`/${name}`);
      expect(linesOf(`/help ${name}`).join('\n')).toContain(help);
      expect(linesOf(`/help /${name.toUpperCase()}`).join('\n')).toContain(example);
    }
    expect(linesOf('/help exit').join('\n')).toContain('also: /exit');
    expect(errorOf('/help nikc')).toBe('there is no /nikc: try /help nick');
  });

  it('gives examples that work', () => {
    for (const { example } of SLASH_COMMANDS) expect(read(example).type).not.toBe('error');
  });
});
