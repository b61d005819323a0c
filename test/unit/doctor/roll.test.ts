import { describe, expect, it } from 'vitest';
import { Identity } from '../../../internal/crypto/identity.ts';
import type { HeardFact } from '../../../internal/doctor/facts.ts';
import { Roll } from '../../../internal/doctor/roll.ts';
import { sealed, unsealed } from '../../../pkg/wire/entry.ts';

const OWN = { name: 'eth0', address: '192.168.1.5', netmask: '255.255.255.0' };
const OTHER = { name: 'wlan0', address: '10.0.0.5', netmask: '255.255.255.0' };
const bob = Identity.generate();
const me = Identity.generate();

function announce(identity: Identity, fields: object = {}): string {
  const body = {
    type: 'announce',
    version: 1,
    peer: identity.peer,
    instance: '00000000000000b2',
    nick: 'bob',
    port: 80,
    group: '224.0.0.1:9999',
  };
  const text = unsealed({ ...body, ...fields });
  return sealed(text, identity.sign('announce', text));
}

/** A roll, and a way to have it hear; resolves when what was heard is found. */
function open() {
  const waiting: ((heard: HeardFact) => void)[] = [];
  const found = (heard: HeardFact) => waiting.shift()?.(heard);
  const roll = new Roll({ own: [me.peer], chosen: [OWN], others: [OTHER], found });
  const take = (text: string, address = '192.168.1.7', by: 'multicast' | 'unicast' = 'multicast') =>
    roll.take(Buffer.from(text), address, by);
  const finds = (text: string, address?: string) =>
    new Promise<HeardFact>((resolve) => {
      waiting.push(resolve);
      take(text, address);
    });
  return { roll, take, finds };
}

describe('the roll of a doctor', () => {
  it('keeps who announced itself, by which ways, and behind which card', async () => {
    const { roll, take, finds } = open();
    const heard = await finds(announce(bob));
    expect(heard).toMatchObject({
      peer: bob.peer,
      at: { address: '192.168.1.7', port: 80 },
      card: 'eth0',
      chosen: true,
    });
    take(announce(bob), '192.168.1.7', 'unicast');
    expect(await finds(announce(bob), '10.0.0.9')).toMatchObject({ card: 'wlan0', chosen: false });
    expect(roll.heard[0]?.ways).toEqual(['multicast', 'unicast']);
    expect(roll.strangers).toEqual([]);
  });

  it('passes over ourselves', async () => {
    const { roll, take, finds } = open();
    take(announce(me));
    await finds(announce(bob));
    expect(roll.heard.map(({ peer }) => peer)).toEqual([bob.peer]);
  });

  it('tells peers of another version, also where they look otherwise, from strangers and what is damaged', async () => {
    const { roll, take, finds } = open();
    expect(await finds(announce(bob, { version: 99 }))).toMatchObject({ version: 99, peer: bob.peer });
    expect(await finds('{"type":"announce","version":7,"who":"bob"}')).toMatchObject({ version: 7, peer: undefined });
    const broken = announce(bob).slice(0, -5);
    for (const text of [broken, '{"alias":"Nice Mango"}', '', '{"type":"announce","version":1}'])
      take(text, '192.168.1.8');
    expect(roll.strangers).toEqual([{ address: '192.168.1.8', count: 4 }]);
    expect(roll.heard.length).toBe(2);
  });

  it('believes no announce that its key has not signed', async () => {
    const { roll, take, finds } = open();
    take(announce(bob).replace('"port":80', '"port":81'), '192.168.1.8');
    await finds(announce(bob));
    while (roll.strangers.length === 0) await new Promise(setImmediate);
    expect(roll.heard.map(({ at }) => at.port)).toEqual([80]);
  });
});
