import { describe, expect, it } from 'vitest';
import { wallTime } from '../../../pkg/base/units.ts';
import type { InputContext } from '../../../pkg/chat/input-action.ts';
import { addressLines, peersLines, statusLines, targetsLines } from '../../../pkg/chat/reach.ts';
import type { NetworkView, Person } from '../../../pkg/chat/snapshot.ts';
import { brokenNick, FakeChat, NETWORK, peer, person } from '../../ui/fake-chat.ts';

const ALICE = person(1, 'alice');

function context(people: readonly Person[] = [ALICE], network: Partial<NetworkView> = {}): InputContext {
  const chat = new FakeChat({ people, network: { ...NETWORK, ...network } });
  return { snapshot: chat.snapshot(), now: wallTime(ALICE.since + 60_000), timeOf: () => '10:30' };
}

function addresses(...cards: readonly (readonly [string, string])[]): readonly string[] {
  const interfaces = cards.map(([name, address]) => ({ name, address }));
  return addressLines(context([ALICE], { interfaces }).snapshot);
}

describe('/peers', () => {
  it('has a line for each, with the way, the address, the round trip, since when and how far', () => {
    const people = [
      ALICE,
      person(2, 'bob'),
      person(3, 'carol', { lacks: 12 }),
      person(4, 'dave', { lacks: -1_234, roundTripMs: undefined }),
      person(5, 'erin', { lacks: undefined }),
      person(6, 'frank', { relayed: true, address: undefined, roundTripMs: undefined, linkedAt: undefined }),
    ];
    expect(peersLines(context(people))).toEqual([
      '4 linked, 1 through others:',
      'bob   direct   192.168.1.2:8080   1.0 ms   since 10:30   in sync',
      'carol   direct   192.168.1.3:8080   1.5 ms   since 10:30   lacks 12 of ours',
      'dave   direct   192.168.1.4:8080   since 10:30   has 1,234 that we lack',
      'erin   direct   192.168.1.5:8080   2.5 ms   since 10:30   comparing',
      'frank   through others   since 10:30',
    ]);
  });

  it('tells who is alone what to do, and of what was asked for', () => {
    const targets = [
      { text: 'nas.local:8080', state: 'trying', why: 'connection refused' },
      { text: '10.0.0.9:8080', state: 'linked', why: undefined },
    ] as const;
    expect(peersLines(context([ALICE], { unlinked: 2, targets }))).toEqual([
      'reaching 2; /doctor finds out why',
      'asked for: nas.local:8080 trying (connection refused)',
      'asked for: 10.0.0.9:8080 linked',
    ]);
    expect(peersLines(context())).toEqual(['nobody linked; /doctor finds out why']);
  });

  it('shows nothing that others say of themselves unchecked', () => {
    const people = [ALICE, { ...person(2, 'bob'), nick: brokenNick(`eve${' '.repeat(80)}\u001b[31m`) }];
    const [, line = ''] = peersLines(context(people));
    expect(line).toMatch(/^eve \S+ {3}direct/);
    expect(line).not.toContain('\u001b');
  });
});

describe('/connect alone', () => {
  it('lists the places that are dialled and why they fail, and how to take one back', () => {
    const targets = [
      { text: 'nas.local:8080', state: 'trying', why: 'nothing listens there' },
      { text: '10.0.0.9:8080', state: 'linked', why: undefined },
    ] as const;
    expect(targetsLines(context([ALICE], { targets }))).toEqual([
      'nas.local:8080 trying (nothing listens there)',
      '10.0.0.9:8080 linked',
      '/connect -stop nas.local:8080 takes that one back',
    ]);
    expect(targetsLines(context())).toEqual([]);
  });
});

describe('/status', () => {
  it('tells the own side', () => {
    const text = statusLines(context([ALICE, person(2, 'bob')], { heardAt: wallTime(ALICE.since + 38_000) })).join(
      '\n',
    );
    expect(text).toMatch(new RegExp(`^name +alice~${ALICE.tag}$`, 'm'));
    expect(text).toMatch(new RegExp(`^peer id +${peer(1)}$`, 'm'));
    expect(text).toMatch(/^program +p2pchat\/0\.1\.0$/m);
    expect(text).toMatch(/^port +8080$/m);
    expect(text).toMatch(/^group +224\.0\.0\.1:9999$/m);
    expect(text).toMatch(/^cards +eth0 192\.168\.1\.5$/m);
    expect(text).toMatch(/^peers +1 linked$/m);
    expect(text).toMatch(/^last heard +20 s ago$/m);
    expect(text).toMatch(/^history +0 messages in #general$/m);
  });

  it('tells when there is nothing', () => {
    const text = statusLines(context([ALICE], { interfaces: [] })).join('\n');
    expect(text).toMatch(/^cards +none: this machine is on no network$/m);
    expect(text).toMatch(/^last heard +nothing yet$/m);
  });
});

describe('/address', () => {
  it('has a line to paste for each card, those that others reach first', () => {
    expect(addresses(['docker0', '172.17.0.1'], ['lo', '127.0.0.1'], ['eth0', '192.168.1.5'])).toEqual([
      'Whoever does not find you types one of these, the first best:',
      'p2pchat -connect 192.168.1.5:8080',
      'p2pchat -connect 172.17.0.1:8080',
      'or in a chat that runs already: /connect 192.168.1.5:8080',
    ]);
  });

  it('leaves out what is good on one cable alone, and brackets what has colons', () => {
    expect(addresses(['eth0', 'fe80::1%eth0'], ['eth0', '2001:db8::5'], ['eth0', '10.0.0.5'])).toEqual([
      'Whoever does not find you types one of these, the first best:',
      'p2pchat -connect 10.0.0.5:8080',
      'p2pchat -connect [2001:db8::5]:8080',
      'or in a chat that runs already: /connect 10.0.0.5:8080',
    ]);
    expect(addresses(['eth0', 'fe80::1%eth0'])).toEqual([]);
  });

  it('has loopback where there is nothing else, and the group where it is another', () => {
    expect(addresses(['lo', '127.0.0.1'])[1]).toBe('p2pchat -connect 127.0.0.1:8080');
    expect(addressLines(context([ALICE], { group: '239.1.2.3:9999' }).snapshot)[1]).toBe(
      'p2pchat -connect 192.168.1.5:8080 -multicast 239.1.2.3:9999',
    );
  });
});
