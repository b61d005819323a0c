import type { Key } from 'ink';
import { describe, expect, it } from 'vitest';
import { type KeyAction, keyActions } from '../../../pkg/ui/keys.ts';
import { KEY } from './screen-bench.ts';

function actions(input: string, key: Partial<Key> = {}, escaped = false): string[] {
  return keyActions(input, { ...KEY, ...key }, escaped).map(named);
}

function named(action: KeyAction): string {
  if (action.type !== 'edit') return 'to' in action ? `${action.type} ${action.to}` : action.type;
  const { edit } = action;
  if (edit.type === 'insert') return JSON.stringify(edit.text);
  if (edit.type === 'erase') return `erase ${edit.side}`;
  return edit.type === 'yank' ? 'yank' : `${edit.type} ${edit.to}`;
}

describe('keyActions', () => {
  it.each<[string, Partial<Key>, string[]]>([
    ['a', {}, ['"a"']],
    ['é', {}, ['"é"']],
    ['你好', {}, ['"你好"']],
    ['\r', { return: true }, ['send']],
    ['\r', { return: true, meta: true }, ['"\\n"']],
    ['\n', {}, ['"\\n"']],
    ['j', { ctrl: true }, ['"\\n"']],
    ['a', { ctrl: true }, ['move line-start']],
    ['c', { ctrl: true }, ['interrupt']],
    ['x', { ctrl: true }, []],
    ['b', { meta: true }, ['move word-left']],
    ['q', { meta: true }, []],
    ['', { leftArrow: true, ctrl: true }, ['move word-left']],
    ['', { rightArrow: true, meta: true }, ['move word-right']],
    ['', { backspace: true }, ['erase left']],
    ['', { backspace: true, meta: true }, ['kill word-left']],
    ['', { delete: true }, ['erase right']],
    ['', { pageUp: true }, ['page up']],
    ['', { end: true, ctrl: true }, ['bottom']],
    ['', { tab: true }, []],
    ['', {}, []],
  ])('%j with %j is %j', (input, key, expected) => {
    expect(actions(input, key)).toEqual(expected);
  });

  it('takes keys that come in one piece one by one', () => {
    expect(actions('hello\r')).toEqual(['"hello"', 'send']);
    expect(actions('one\rtwo\r')).toEqual(['"one"', 'send', '"two"', 'send']);
    expect(actions('ab\u0001\u0004\u007fc')).toEqual(['"ab"', 'move line-start', 'end-of-input', 'erase left', '"c"']);
  });

  it('takes Escape and a key for the key with Alt, but loses no letter', () => {
    expect(actions('', { escape: true })).toEqual(['escape']);
    expect(actions('f', {}, true)).toEqual(['move word-right']);
    expect(actions('d you', {}, true)).toEqual(['kill word-right', '" you"']);
    expect(actions('x', {}, true)).toEqual(['"x"']);
    expect(actions('\r', { return: true }, true)).toEqual(['"\\n"']);
  });

  it('does not count the release of a key', () => {
    expect(actions('a', { eventType: 'release' })).toEqual([]);
  });
});
