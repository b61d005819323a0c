import { Random } from '../base/random.ts';
import { Discovery } from '../discovery/discovery.ts';
import { Feeds } from '../feed/feeds.ts';
import type { PeerId } from '../identity/peer-id.ts';
import { GENERAL } from '../identity/room-name.ts';
import { Mesh } from '../mesh/mesh.ts';
import { Glimpse } from '../room/glimpse.ts';
import { People } from '../room/people.ts';
import { Room } from '../room/room.ts';
import { Sessions } from '../session/sessions.ts';
import { ListenFirst } from '../sync/listen-first.ts';
import { Sync } from '../sync/sync.ts';
import type { PeerConfig } from './config.ts';
import { View } from './view.ts';

/** The stages of a peer, in the order in which data travels. */
export interface Stages {
  readonly discovery: Discovery;
  readonly mesh: Mesh;
  readonly sessions: Sessions;
  readonly sync: Sync;
  readonly listenFirst: ListenFirst;
  readonly feeds: Feeds;
  readonly room: Room;
  readonly glimpse: Glimpse;
  readonly people: People;
  readonly view: View;
}

export function makeStages(config: PeerConfig): Stages {
  const { me, nick, instance, port, software, group, startedAt } = config;
  const random = new Random(config.seed);
  const discovery = new Discovery({ me, instance, port, random });
  const mesh = new Mesh(me, random);
  const sessions = new Sessions();
  const feeds = new Feeds(me, [GENERAL], config.heads, config.outbox);
  const sync = new Sync(me, feeds);
  const listenFirst = new ListenFirst();
  const room = new Room(GENERAL, me);
  for (const held of config.outbox) if (held.room === room.name) room.say(held.utterance);
  const glimpse = new Glimpse();
  const people = new People({ peer: me, nick, since: startedAt.wall, address: undefined, software });
  const linkOf = (peer: PeerId) => mesh.linkTo(peer);
  const view = new View({
    people,
    group,
    port,
    room: () => room.view(),
    holders: () => sync.holders(room.name),
    missing: (now) => sync.progress(room.name)?.shown(now),
    held: () => feeds.frontier(room.name)?.entries ?? 0,
    measured: (peer) => {
      const link = linkOf(peer);
      const roundTripMs = link === undefined ? undefined : sessions.roundTripMs(link);
      return { roundTripMs, lacks: sync.lacks(peer, room.name) };
    },
    unlinked: () => [...discovery.sightings()].filter((peer) => linkOf(peer) === undefined).length,
  });
  return { discovery, mesh, sessions, sync, listenFirst, feeds, room, glimpse, people, view };
}
