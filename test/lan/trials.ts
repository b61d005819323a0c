/** Small programs by which tests of the island find out what passes between hosts. */
import type { ChildProcessWithoutNullStreams } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import type { Host } from './host.ts';

const RADIO = fileURLToPath(new URL('./radio.ts', import.meta.url));

/** A running radio. What it hears can be awaited one by one. */
interface Radio {
  readonly send: (text: string) => void;
  readonly heard: () => Promise<string>;
}

/** Hears and sends what goes to `to`: a multicast group, unless it is a broadcast address or an IPv6 group. */
export async function radio(host: Host, ...to: readonly string[]): Promise<Radio> {
  const child = host.run([process.execPath, RADIO, to.length === 0 ? host.address : '', ...to]);
  const lines = linesOf(child);
  const heard = async () => {
    const next = await lines.next();
    if (next.done === true) throw new Error(`the radio on ${host.name} ended`);
    return next.value;
  };
  const first = await heard();
  if (first !== 'ready') throw new Error(`the radio on ${host.name} said ${first}`);
  return { send: (text) => child.stdin.write(`${text}\n`), heard };
}

export async function* linesOf(child: ChildProcessWithoutNullStreams): AsyncGenerator<string, void> {
  let held = '';
  for await (const chunk of child.stdout.setEncoding('utf8')) {
    const lines = `${held}${chunk}`.split('\n');
    held = lines.pop() ?? '';
    yield* lines;
  }
}

/** Whether TCP from one host reaches another at `port` of `address`: `connected`, or what the system says instead. */
export async function connects(from: Host, to: Host, address = to.address, port = 5555): Promise<string> {
  // The scope of a link-local address is the card of whoever writes it.
  const at = address.includes('%') ? `'::'` : `'${address}'`;
  const listener = to.run([
    process.execPath,
    '-e',
    `require('net').createServer().listen(${port}, ${at}, () => console.log('listening'))`,
  ]);
  const ready = await linesOf(listener).next();
  if (ready.value !== 'listening') throw new Error(`nothing listens on ${to.name}`);
  const answer = await dial(from, address, port);
  listener.kill('SIGKILL');
  await once(listener, 'exit');
  return answer;
}

/** What becomes of one connection: `connected`, `timeout` after half a second, or the system's code. */
async function dial(from: Host, address: string, port: number): Promise<string> {
  const code = `const s = require('net').connect({ port: ${port}, host: '${address}', timeout: 500 });
    const say = (text) => { console.log(text); process.exit(); };
    s.on('connect', () => say('connected')).on('timeout', () => say('timeout')).on('error', (e) => say(e.code));`;
  return (await from.exec([process.execPath, '-e', code])).trim();
}

/** How long so many bytes take from one host to another over TCP, on the receiver's clock from its accepting on. */
export async function transferMs(from: Host, to: Host, bytes: number): Promise<number> {
  const receive = `require('net').createServer((s) => { const at = performance.now();
    s.on('data', () => {}).on('end', () => { console.log(performance.now() - at); process.exit(); });
  }).listen(5556, '${to.address}', () => console.log('listening'))`;
  const lines = linesOf(to.run([process.execPath, '-e', receive]));
  if ((await lines.next()).value !== 'listening') throw new Error(`nothing listens on ${to.name}`);
  await from.exec([
    process.execPath,
    '-e',
    `require('net').connect(5556, '${to.address}').end(Buffer.alloc(${bytes}))`,
  ]);
  return Number((await lines.next()).value);
}

/**
 * How many of `count` datagrams from one host to a port of an address (a group or a broadcast address too) another
 * hears. The last word goes by TCP, behind all of them.
 */
export async function arrived(from: Host, to: Host, count: number, address = to.address, bytes = 1): Promise<number> {
  const hear = `const ear = require('dgram').createSocket({ type: 'udp4', reuseAddr: true, recvBufferSize: 4e6 });
    let heard = 0; ear.on('message', () => { heard += 1; });
    ear.bind(5557, () => { ${address.startsWith('239.') ? `ear.addMembership('${address}', '${to.address}');` : ''}
    require('net').createServer((s) => s.end(String(heard))).listen(5557, '${to.address}', () => console.log('on')); });`;
  const listener = to.run([process.execPath, '-e', hear]);
  if ((await linesOf(listener).next()).value !== 'on') throw new Error(`nothing listens on ${to.name}`);
  const send = `const voice = require('dgram').createSocket('udp4');
    voice.bind(0, '${from.address}', () => {
      voice.setBroadcast(true); voice.setMulticastInterface('${from.address}');
      let left = ${count};
      // In time for the listener to take them out of its system's hands, which hold a few hundred.
      const next = () => { if (left-- > 0) return voice.send(Buffer.alloc(${bytes}), 5557, '${address}',
        () => left % 50 === 0 ? setTimeout(next, 10) : setImmediate(next));
        require('net').connect(5557, '${to.address}').on('data', (text) => console.log(String(text)))
          .on('close', () => process.exit()); };
      next();
    });`;
  const said = await from.exec([process.execPath, '-e', send]);
  listener.kill('SIGKILL');
  await once(listener, 'exit');
  return Number(said);
}
