import { describe, expect, it } from 'vitest';
import { diagnose } from '../../../internal/doctor/diagnose.ts';
import {
  chosen,
  deafWays,
  failed,
  far,
  heard,
  inOtherGroup,
  named,
  notBack,
  quiet,
  together,
  visit,
  visited,
  WIFI,
  waysThatFail,
} from './facts.ts';

const door = quiet().door;

describe('what is to be pasted', () => {
  it('names the firewall that runs in what it says to paste', () => {
    const blocked = { visits: [notBack('timeout')] };
    expect(diagnose(together({ ...blocked, firewalls: ['ufw'] })).fix).toBe('sudo ufw allow 8080/tcp');
    expect(diagnose(together({ ...blocked, firewalls: ['firewalld'] })).fix).toContain('--add-port=8080/tcp');
    expect(diagnose(together({ ...blocked, platform: 'win32' })).fix).toContain('localport=8080');
    const deaf = quiet({ ways: deafWays, firewalls: ['ufw'] });
    expect(diagnose(deaf).fix).toBe('sudo ufw allow 8080/tcp && sudo ufw allow 9999/udp');
  });

  it('names the tool that is installed where no program rules the firewall', () => {
    const nft = { input: 'inet mine incoming', output: 'inet filter output' };
    const blocked = together({ visits: [notBack('timeout')] });
    expect(diagnose(blocked).fix).toBe('sudo iptables -I INPUT -p tcp --dport 8080 -j ACCEPT');
    expect(diagnose({ ...blocked, nft }).fix).toBe('sudo nft insert rule inet mine incoming tcp dport 8080 accept');
    expect(diagnose(together({ ways: waysThatFail('EPERM'), nft })).fix).toBe(
      'sudo nft insert rule inet filter output udp dport 9999 accept',
    );
  });

  it('says what to type with the flags that were used, so that it ends in the same chat', () => {
    const flags = {
      group: '239.5.5.5:5555',
      wanted: ['eth0'],
      door: { ...door, wanted: 8081, port: 8081, named: true },
    };
    const theirs = { group: flags.group };
    expect(diagnose(quiet(flags)).fix).toBe(
      'p2pchat -connect 192.168.1.5:8081 -multicast 239.5.5.5:5555   # on another machine',
    );
    const deaf = diagnose(quiet({ ...flags, visits: [visit({ visited: visited({ ...theirs, heard: [] }) })] }));
    expect(deaf.fix).toBe('p2pchat -connect 192.168.1.7:8080 -port 8081 -interface eth0 -multicast 239.5.5.5:5555');
    const elsewhere = { cards: [...quiet().cards, WIFI], heard: [heard({ ...theirs, chosen: false, card: 'wlan0' })] };
    expect(diagnose(quiet({ ...flags, ...elsewhere })).fix).toBe(
      'p2pchat -port 8081 -interface wlan0 -multicast 239.5.5.5:5555',
    );
    expect(diagnose(together({ visits: [visit(), inOtherGroup()] })).fix).toBe('p2pchat -multicast 239.5.5.5:5555');
  });

  it('says what to type elsewhere where the name, or what answers, is wrong', () => {
    const fix = (failure: string) =>
      diagnose(together({ visits: [visit(), failed(failure, { ...named, ...far })] })).fix;
    expect(fix('EAI_AGAIN')).toMatch(/^p2pchat -connect ADDRESS /);
    expect(fix('handshake-failed')).toMatch(/^p2pchat -port 8081 .*10\.9\.9\.9:8081$/);
    expect(fix('ECONNREFUSED')).toBe('p2pchat -port 8080   # on that machine');
    const apart = quiet({ heard: [heard({ at: far.at, card: undefined })], visits: [failed('timeout', far)] });
    expect(diagnose(apart).fix).toMatch(/^sudo ip address add 10\.9\.9\.N\/24 dev eth0/);
  });

  it('shows nothing of a hostile group or software as it came (tame-text)', () => {
    const hostile = '\u001b[2J\u202e';
    const facts = together({ visits: [visit({ visited: visited({ software: hostile, group: hostile }) })] });
    const { cause, fix, evidence } = diagnose({ ...facts, heard: [heard({ group: hostile })] });
    for (const line of [cause, fix, ...evidence]) expect(line).not.toMatch(/[\u001b\u202e]/);
  });
  it('has a shell read no nick, and no name of a card but as a word', () => {
    const nick = '$(id)';
    const hostile = { heard: [heard({ nick })], visits: [failed('timeout')] };
    const refused = diagnose(quiet(hostile));
    expect(refused.cause).toContain(nick);
    expect(refused.fix).not.toContain(nick);
    const name = 'a;$(id)';
    const [eth0] = quiet().cards;
    if (eth0 === undefined) throw new Error('no card');
    const off = (platform: string) => quiet({ platform, cards: [{ ...eth0, name, state: 'off', addresses: [] }] });
    expect(diagnose(off('linux')).fix).toBe("sudo ip link set 'a;$(id)' up");
    expect(diagnose(off('win32')).fix).toBe('netsh interface set interface "a;$(id)" enable');
    const elsewhere = chosen({ wanted: ['eth0'], heard: [heard({ chosen: false, card: "it's" })] });
    expect(diagnose(elsewhere).fix).toBe(`p2pchat -interface 'it'\\''s'`);
    const at = { address: 'fe80::7%eth0', port: 8080 };
    const deaf = diagnose(quiet({ visits: [visit({ ...named, at, visited: visited({ heard: [] }) })] }));
    expect(deaf.fix).toBe("p2pchat -connect '[fe80::7%eth0]:8080'");
  });
});
