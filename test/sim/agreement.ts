/** Whether hosts hold and show the same. What liars said is left out: they may have told everybody something else. */
import type { PeerId } from '../../pkg/identity/peer-id.ts';
import { expectThat } from './checker.ts';
import type { SimHost } from './sim-host.ts';

type Authors = ReadonlySet<PeerId>;

/** Entries of honest authors that a host has stored. */
export function honestEntries(host: SimHost, liars: Authors): number {
  if (liars.size === 0) return host.disk.entries;
  let count = 0;
  for (const [name, last] of host.disk.frontier()) if (!isOf(name, liars)) count += last;
  return count;
}

/** Entries of honest authors that any of the hosts has stored: what one holds the others are to get. */
export function entriesAmong(hosts: readonly SimHost[], liars: Authors): number {
  const heads = new Map<string, number>();
  for (const host of hosts) {
    for (const [name, last] of host.disk.frontier()) {
      if (!isOf(name, liars)) heads.set(name, Math.max(last, heads.get(name) ?? 0));
    }
  }
  return [...heads.values()].reduce((sum, last) => sum + last, 0);
}

/** equal-timelines: whoever holds the same entries holds them byte for byte and shows them in the same order. */
export function expectAgreement(hosts: readonly SimHost[], liars: Authors): void {
  const byFrontier = new Map<string, { readonly host: SimHost; readonly lines: string }>();
  for (const host of hosts) {
    if (!host.alive || host.stalled || !host.disk.idle) continue;
    const frontier = [...host.disk.frontier()].filter(([name]) => !isOf(name, liars));
    const key = frontier.sort(([a], [b]) => (a < b ? -1 : 1)).join();
    const lines = timelineOf(host, liars).join('\n');
    const other = byFrontier.get(key);
    if (other === undefined) byFrontier.set(key, { host, lines });
    else expectThat(other.lines === lines, `${host.name} and ${other.host.name} hold the same and it differs`);
    expectShown(host, liars);
  }
}

/**
 * The newest of what is stored is what people see, in the one order, without a hole. What came ahead of the rest may be
 * shown before it is stored.
 */
export function expectShown(host: SimHost, liars: Authors): void {
  const { items, hasOlder } = host.machine.snapshot().room;
  const stored = shownOf(host, liars);
  const known = new Set(stored);
  const shown = items.flatMap((item) => {
    const line = item.type === 'message' ? `${item.id} ${item.text}` : '';
    return known.has(line) ? [line] : [];
  });
  expectThat(hasOlder || shown.length === stored.length, `${host.name} shows ${shown.length} of ${stored.length}`);
  const newest = shown.length === 0 ? [] : stored.slice(-shown.length);
  for (const [place, line] of newest.entries()) {
    expectThat(
      line === shown[place],
      `${host.name} shows ${shown[place]?.slice(0, 80)} instead of ${line.slice(0, 80)}`,
    );
  }
}

function entriesOf(host: SimHost, liars: Authors) {
  return host.disk
    .runs()
    .filter(({ run }) => !liars.has(run.author))
    .flatMap(({ run }) => run.entries)
    .sort((a, b) => a.clock - b.clock || (a.author < b.author ? -1 : Number(a.author > b.author)));
}

function timelineOf(host: SimHost, liars: Authors): string[] {
  return entriesOf(host, liars).map((entry) => JSON.stringify(entry));
}

function shownOf(host: SimHost, liars: Authors): string[] {
  return entriesOf(host, liars).map(({ author, sequence, content }) => `${author}/${sequence} ${content}`);
}

/** A frontier's names are `room author`. */
function isOf(name: string, authors: Authors): boolean {
  for (const author of authors) if (name.endsWith(author)) return true;
  return false;
}
