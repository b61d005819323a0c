import { describe, expect, it } from 'vitest';
import type { CatchingUp, NetworkView, Person } from '../../../pkg/chat/snapshot.ts';
import { headerText, welcomeLines } from '../../../pkg/ui/header.ts';
import { NETWORK, person } from '../../ui/fake-chat.ts';

const ALONE = [person(1, 'alice')];
const THREE = [person(1, 'alice'), person(2, 'bob'), person(3, 'carol')];

function header(
  width: number,
  people: readonly Person[],
  network: Partial<NetworkView> = {},
  catchingUp?: CatchingUp,
): string {
  return headerText({ people, network: { ...NETWORK, ...network }, room: { catchingUp } }, width);
}

describe('headerText', () => {
  it('names the network, the port and how many are linked', () => {
    expect(header(80, THREE)).toBe(' p2pchat | eth0 192.168.1.5 | port 8080 | 2 linked');
    expect(header(80, THREE, { unlinked: 1 })).toContain('2 linked, reaching 1 more');
    expect(header(80, ALONE)).toContain('waiting for others…');
    expect(header(80, ALONE, { unlinked: 2 })).toContain('reaching 2…');
    expect(header(80, ALONE, { interfaces: [] })).toContain('no network');
  });

  it('leaves out what matters least where it is narrow', () => {
    const interfaces = ['eth0', 'wlan0', 'docker0'].map((name, place) => ({ name, address: `192.168.${place}.10` }));
    expect(header(100, THREE, { interfaces })).toContain('eth0 192.168.0.10, wlan0 192.168.1.10, docker0');
    expect(header(60, THREE, { interfaces })).toContain('eth0 192.168.0.10 +2 | port 8080');
    expect(header(38, THREE)).toBe(' 192.168.1.5 | port 8080 | 2 linked');
    expect(header(26, THREE)).toBe(' 192.168.1.5 | 2 linked');
    expect(header(12, THREE)).toBe(' 2 linked');
    expect(header(3, THREE)).toBe('2 linked');
  });
});

describe('how far the history is', () => {
  const HALF = { held: 12_300, known: 100_000 };

  it('stands in the header while it comes, in short where it is narrow', () => {
    expect(header(80, THREE, {}, HALF)).toBe(
      ' eth0 192.168.1.5 | port 8080 | 2 linked | catching up 12,300 of 100,000',
    );
    expect(header(100, THREE, {}, HALF)).toContain('p2pchat | ');
    expect(header(60, THREE, {}, HALF)).toBe(' 192.168.1.5 | port 8080 | 2 linked | catching up 12%');
    expect(header(40, THREE, {}, HALF)).toBe(' 2 linked | catching up 12%');
    expect(header(20, THREE, {}, HALF)).toBe(' catching up 12%');
    expect(header(5, THREE, {}, HALF)).toBe('catching up 12%');
  });

  it('never tells more than all of it, whatever others claim', () => {
    expect(header(40, THREE, {}, { held: 99_999, known: 100_000 })).toContain('99%');
    expect(header(40, THREE, {}, { held: 9, known: 3 })).toContain('100%');
    expect(header(40, THREE, {}, { held: 0, known: 0 })).toContain(' 0%');
    expect(header(80, THREE, {}, { held: 1, known: Number.MAX_SAFE_INTEGER }).length).toBeLessThanOrEqual(80);
  });
});

describe('welcomeLines', () => {
  function welcome(network: Partial<NetworkView> = {}): string {
    return welcomeLines({ me: person(1, 'alice'), network: { ...NETWORK, ...network } }).join('\n');
  }

  it('tells where it listens and what a friend has to do', () => {
    expect(welcome()).toContain('eth0 192.168.1.5 (port 8080, group 224.0.0.1:9999)');
    expect(welcome()).toMatch(/p2pchat -username their-name$/m);
    expect(welcome({ group: '239.1.2.3:9999' })).toContain('-username their-name -multicast 239.1.2.3:9999');
  });

  it('tells what to do without a network', () => {
    expect(welcome({ interfaces: [] })).toContain('no network');
  });

  it('tells of somebody who is about to come', () => {
    expect(welcome({ unlinked: 1 })).toContain('link is being made');
  });
});
