import { BEAT_INTERVAL_MS, BEAT_RARE_MS } from '../../pkg/base/limits.ts';
import { type Beat, decodeMessage, encodeMessage } from '../../pkg/wire/message.ts';
import { expectThat } from './checker.ts';
import { listen } from './meeting.ts';
import type { SimHost } from './sim-host.ts';
import type { World } from './world.ts';

/** A whole day of uptime in a beat's clocks. */
const DAY_MS = 86_400_000;

/** quiet-network: where nobody says anything, only beats flow on links, and no more bytes than beats are long. */
export function expectQuiet(world: World, hosts: readonly SimHost[], ms: number): void {
  const bytesBefore = new Map(hosts.map((host) => [host, host.bytesIn]));
  const linksBefore = new Map(hosts.map((host) => [host, [...host.links.keys()].join()]));
  const unlisten = hosts.map((host) =>
    listen(host, (line) => {
      const { type } = decodeMessage(line);
      expectThat(type === 'beat', `${host.name} gets ${type} on a quiet network: ${line.slice(0, 120)}`);
    }),
  );
  world.run(world.at + ms);
  for (const stop of unlisten) stop();
  for (const host of hosts) {
    expectThat([...host.links.keys()].join() === linksBefore.get(host), `${host.name} keeps its links`);
    const beats = host.links.size * (ms / BEAT_INTERVAL_MS + 1);
    const bytes = host.bytesIn - (bytesBefore.get(host) ?? 0);
    expectThat(bytes <= beats * longestBeat(host), `${host.name} gets ${bytes} bytes for at most ${beats} beats`);
  }
}

function longestBeat(host: SimHost): number {
  const digests: Beat['digests'] = [[host.machine.snapshot().room.name, 'x'.repeat(16)]];
  const told = { next: BEAT_RARE_MS, ask: true, circle: '256.zzzzzzz', digests };
  return encodeMessage({ type: 'beat', sent: DAY_MS, echo: DAY_MS, held: BEAT_INTERVAL_MS * 2, ...told }).length + 1;
}
