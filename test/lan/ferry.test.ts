import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { type Crossing, layFerry } from './ferry.ts';
import type { Host } from './host.ts';
import { Island } from './island.ts';
import { lanSupport } from './support.ts';
import { arrived, connects, linesOf, transferMs } from './trials.ts';

const lan = await lanSupport();
if (lan.type === 'no') process.stderr.write(`skipped, no hosts here: ${lan.why}\n`);

const GROUP = '239.77.0.2';
const BROADCAST = '10.77.0.255';
/** Sends numbered datagrams to a port and prints the answers' numbers as they come, and how long the first took. */
const ASK = `const voice = require('dgram').createSocket('udp4'); const heard = []; let firstMs;
  const sentAt = performance.now();
  voice.on('message', (bytes, from) => { firstMs ??= performance.now() - sentAt; heard.push(Number(bytes));
    if (heard.length === 50) { console.log(JSON.stringify({ firstMs, heard, from: from.address })); process.exit(); } });
  voice.bind(0, process.argv[1], () => { voice.setMulticastInterface(process.argv[1]);
    for (let n = 0; n < 50; n += 1) voice.send(String(n), 5557, process.argv[2]); });`;
/** Answers every datagram to the group, with the same text, to whom it came from. */
const ECHO = `const ear = require('dgram').createSocket({ type: 'udp4', reuseAddr: true });
  ear.on('message', (bytes, from) => ear.send(bytes, from.port, from.address));
  ear.bind(5557, () => { ear.addMembership('${GROUP}', process.argv[1]); console.log('on'); });`;

describe.skipIf(lan.type === 'no')('a ferry', () => {
  let island: Island;
  let first: Host;
  let second: Host;

  beforeEach(async () => {
    island = await Island.open();
  });

  afterEach(async () => {
    await island.close();
  });

  async function lay(weather: Partial<Crossing>): Promise<void> {
    const [left, right] = [await island.bridge('left'), await island.bridge('right')];
    [first, second] = [await island.host('first'), await island.host('second')];
    await first.connect(left, '10.77.0.1/24');
    await second.connect(right, '10.77.0.2/24');
    await layFerry(island, 'ferry', {
      sides: [
        { bridge: left, hosts: ['10.77.0.1'] },
        { bridge: right, hosts: ['10.77.0.2'] },
      ],
      prefixBits: 24,
      ears: [GROUP, BROADCAST].map((address) => ({ address, port: 5557 })),
      udpPorts: [5557],
      tcpPorts: [5555, 5556, 5557],
      ...weather,
    });
  }

  it('carries what is said to all, to one, and on links, to the ports it knows and no others', async () => {
    await lay({});
    for (const address of [GROUP, BROADCAST, '10.77.0.2']) {
      expect(await arrived(first, second, 50, address), address).toBe(50);
    }
    expect(await arrived(second, first, 50)).toBe(50);
    expect(await connects(first, second)).toBe('connected');
    expect(await connects(second, first)).toBe('connected');
    expect(await connects(first, second, second.address, 5558)).toBe('ECONNREFUSED');
  });

  it('takes its time with datagrams, changes their order, and keeps their addresses', async () => {
    await lay({ delayMs: 100, jitterMs: 100 });
    const echo = second.run([process.execPath, '-e', ECHO, second.address]);
    await linesOf(echo).next();
    const answer = await first.exec([process.execPath, '-e', ASK, first.address, GROUP]);
    const { firstMs, heard, from } = JSON.parse(answer);
    expect(from).toBe(second.address);
    // There and back, each at least 100 ms.
    expect(firstMs).toBeGreaterThan(199);
    expect(heard.toSorted((left: number, right: number) => left - right)).toEqual(
      Array.from({ length: 50 }, (_, n) => n),
    );
    expect(heard).not.toEqual(heard.toSorted((left: number, right: number) => left - right));
  });

  it('takes its time with links, and keeps their bytes in order', async () => {
    await lay({ delayMs: 100, jitterMs: 100 });
    const receive = `const bytes = []; require('net').createServer((s) => { const from = s.remoteAddress;
      s.once('data', () => console.log('first')).on('data', (more) => bytes.push(more)).on('end', () => s.end('bye'));
      s.on('close', () => { const all = Buffer.concat(bytes);
        console.log(from, all.length, all.every((byte, place) => byte === place % 251)); });
    }).listen(5555, '${second.address}', () => console.log('listening'))`;
    const lines = linesOf(second.run([process.execPath, '-e', receive]));
    await lines.next();
    const send = `const all = Uint8Array.from({ length: 3e6 }, (_, place) => place % 251); const at = performance.now();
      let said = ''; require('net').connect(5555, '${second.address}').on('data', (text) => { said += text; })
        .on('close', () => console.log(said, performance.now() - at)).end(all);`;
    const sentMs = Number((await first.exec([process.execPath, '-e', send])).split(' ')[1]);
    expect((await lines.next()).value).toBe('first');
    expect((await lines.next()).value).toBe('10.77.0.1 3000000 true');
    expect(sentMs).toBeGreaterThan(199);
    expect(await transferMs(first, second, 1_000)).toBeGreaterThanOrEqual(0);
  });

  it('loses some, and brings some twice', async () => {
    await lay({ lostPercent: 20 });
    const lost = 1_000 - (await arrived(first, second, 1_000));
    // Give or take six standard deviations of 12.6.
    expect(Math.abs(lost - 200)).toBeLessThan(76);
    await island.close();
    island = await Island.open();
    await lay({ doubledPercent: 20 });
    const doubled = (await arrived(first, second, 1_000)) - 1_000;
    expect(Math.abs(doubled - 200)).toBeLessThan(76);
  });
});
