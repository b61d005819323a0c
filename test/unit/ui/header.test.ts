import { describe, expect, it } from 'vitest';
import { wallTime } from '../../../pkg/base/units.ts';
import type { CatchingUp, NetworkView, Person } from '../../../pkg/chat/snapshot.ts';
import { headerText, welcomeLines } from '../../../pkg/ui/header.ts';
import { wrapped } from '../../../pkg/ui/wrap.ts';
import { NETWORK, person } from '../../ui/fake-chat.ts';

const NOW = person(1, 'alice').since;
const ALONE = [person(1, 'alice')];
const THREE = [person(1, 'alice'), person(2, 'bob'), person(3, 'carol')];

function header(
  width: number,
  people: readonly Person[],
  network: Partial<NetworkView> = {},
  catchingUp?: CatchingUp,
): string {
  return headerText({ people, network: { ...NETWORK, ...network }, room: { catchingUp } }, width, NOW);
}

describe('headerText', () => {
  it('names the network, the port and how many are linked', () => {
    expect(header(80, THREE)).toBe(' p2pchat | eth0 192.168.1.5 | port 8080 | 2 linked');
    expect(header(80, THREE, { unlinked: 1 })).toContain('2 linked, reaching 1 more');
    expect(header(80, ALONE)).toContain('waiting for others…');
    expect(header(80, ALONE, { unlinked: 2 })).toContain('reaching 2…');
    expect(header(80, ALONE, { interfaces: [] })).toContain('no network');
    const beside = [person(1, 'alice'), person(2, 'bob', { address: '127.0.0.1:8081' })];
    expect(header(80, beside, { interfaces: [] })).toContain('this machine only | port 8080 | 1 linked');
    expect(header(80, THREE, { interfaces: [] })).toContain('no network');
  });

  it('tells when there was a sign of life last, in steps that change seldom', () => {
    const heard = (agoMs: number) => header(80, THREE, { heardAt: wallTime(NOW - agoMs) });
    expect(heard(0)).toBe(' p2pchat | eth0 192.168.1.5 | port 8080 | 2 linked | heard now');
    expect(heard(-5_000)).toContain('| heard now');
    expect(heard(9_999)).toContain('| heard now');
    expect(heard(10_000)).toContain('| heard 10 s ago');
    expect(heard(19_999)).toContain('| heard 10 s ago');
    expect(heard(119_000)).toContain('| heard 1 min ago');
    expect(heard(3 * 3_600_000)).toContain('| heard 3 h ago');
    expect(heard(50 * 3_600_000)).toContain('| heard 2 days ago');
    expect(header(80, ALONE)).toContain('| nothing heard');
    expect(header(80, THREE)).not.toContain('heard');
  });

  it('tells who is present through others, and what is tried', () => {
    const people = [...THREE, person(4, 'dave', { relayed: true }), person(5, 'erin', { relayed: true })];
    const trying = { text: 'nas.local:8080', state: 'trying', why: undefined } as const;
    const linked = { text: '10.0.0.9:8080', state: 'linked', why: undefined } as const;
    expect(header(80, people)).toContain('2 linked, 2 relayed');
    expect(header(100, THREE, { targets: [trying, linked] })).toContain('2 linked, trying nas.local:8080…');
    expect(header(100, THREE, { targets: [linked] })).not.toContain('trying');
    expect(header(100, ALONE, { targets: [trying, trying] })).toContain('| trying nas.local:8080 +1… | nothing heard');
    expect(header(100, ALONE, { targets: [{ ...trying, text: 'a\u001b[31m' }] })).not.toContain('\u001b');
  });

  it('has address, links and the last sign of life from 40 columns on', () => {
    const heardAt = wallTime(NOW - 20_000);
    const relayed = [...THREE, person(4, 'dave', { relayed: true })];
    const trying = [{ text: 'nas.local:8080', state: 'trying', why: undefined }] as const;
    expect(header(40, THREE, { heardAt: NOW })).toBe(' eth0 192.168.1.5 | 2 linked | heard now');
    expect(header(40, THREE, { heardAt })).toBe(' 192.168.1.5 | 2 linked | heard 20 s ago');
    expect(header(44, relayed, { heardAt })).toBe(' 192.168.1.5 | 2 linked +1 | heard 20 s ago');
    expect(header(40, ALONE, { heardAt })).toBe(' 192.168.1.5 | nobody yet');
    expect(header(40, ALONE, { targets: trying })).toBe(' 192.168.1.5 | trying… | nothing heard');
    for (let width = 40; width <= 200; width += 1) {
      const text = header(width, relayed, { heardAt, targets: trying });
      expect(text.length).toBeLessThanOrEqual(width);
      expect(text).toMatch(/192\.168\.1\.5 .*2 linked/);
    }
  });

  it('leaves out what matters least where it is narrow', () => {
    const interfaces = ['eth0', 'wlan0', 'docker0'].map((name, place) => ({ name, address: `192.168.${place}.10` }));
    expect(header(100, THREE, { interfaces })).toContain('eth0 192.168.0.10, wlan0 192.168.1.10, docker0');
    expect(header(60, THREE, { interfaces })).toContain('eth0 192.168.0.10 +2 | port 8080');
    expect(header(38, THREE)).toBe(' eth0 192.168.1.5 | 2 linked');
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
    expect(header(60, THREE, {}, HALF)).toBe(' eth0 192.168.1.5 | 2 linked | catching up 12,300 of 100,000');
    expect(header(59, THREE, {}, HALF)).toBe(' 192.168.1.5 | 2 linked | catching up 12%');
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
  function welcome(network: Partial<NetworkView> = {}, aloneMs = 0): string {
    return welcomeLines({ me: person(1, 'alice'), network: { ...NETWORK, ...network } }, wallTime(NOW + aloneMs)).join(
      '\n',
    );
  }

  it('tells where it listens and what a friend has to do', () => {
    expect(welcome()).toContain('eth0 192.168.1.5 (port 8080, group 224.0.0.1:9999)');
    expect(welcome()).toMatch(/p2pchat -username their-name$/m);
    expect(welcome({ group: '239.1.2.3:9999' })).toContain('-username their-name -multicast 239.1.2.3:9999');
  });

  it('tells who is long alone how to find out why, in few rows where it is narrow', () => {
    expect(welcome({}, 14_999)).not.toContain('/doctor');
    expect(welcome({}, 15_000)).toContain('/doctor finds out why');
    expect(welcome({}, 15_000)).toContain('p2pchat doctor');
    expect(welcome({}, 15_000)).toContain('/address');
    expect(welcome({ group: '239.1.2.3:9999' }, 15_000)).toContain('-username their-name -multicast 239.1.2.3:9999');
    const rows = welcome({}, 15_000)
      .split('\n')
      .flatMap((line) => wrapped(line, 40));
    expect(rows.length).toBeLessThanOrEqual(8);
  });

  it('tells what to do without a network', () => {
    expect(welcome({ interfaces: [] })).toContain('no network');
  });

  it('tells of somebody who is about to come', () => {
    expect(welcome({ unlinked: 1 })).toContain('link is being made');
  });
});
