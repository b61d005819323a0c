import { Random } from '../base/random.ts';
import { Discovery } from '../discovery/discovery.ts';
import { Feeds } from '../feed/feeds.ts';
import type { PeerId } from '../identity/peer-id.ts';
import { GENERAL } from '../identity/room-name.ts';
import { Dialler } from '../mesh/dialler.ts';
import { Dials } from '../mesh/dials.ts';
import { Exchange } from '../mesh/exchange.ts';
import { Mesh } from '../mesh/mesh.ts';
import { Targets } from '../mesh/targets.ts';
import { Glimpse } from '../room/glimpse.ts';
import { People } from '../room/people.ts';
import { Room } from '../room/room.ts';
import { Sessions } from '../session/sessions.ts';
import { Visits } from '../session/visits.ts';
import { ListenFirst } from '../sync/listen-first.ts';
import { Sync } from '../sync/sync.ts';
import type { PeerConfig } from './config.ts';
import { View } from './view.ts';

/** The stages of a peer, in the order in which data travels. */
export interface Stages {
  readonly discovery: Discovery;
  readonly dialler: Dialler;
  readonly targets: Targets;
  readonly mesh: Mesh;
  readonly exchange: Exchange;
  readonly sessions: Sessions;
  readonly visits: Visits;
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
  const discovery = new Discovery({ me, instance, port, group, random, startedAt: startedAt.at });
  const dials = new Dials();
  const linkOf = (peer: PeerId) => mesh.linkTo(peer);
  const dialler: Dialler = new Dialler({
    me,
    random,
    dials,
    isBusy: (peer) => mesh.isBusy(peer),
    hasEnough: (known) => mesh.hasEnough(known),
  });
  const mesh: Mesh = new Mesh({ me, linksMax: config.linksMax, random, dialler });
  const targets = new Targets({ random, dials, isLinked: (peer) => linkOf(peer) !== undefined });
  const sessions = new Sessions(me, group);
  const visits = new Visits();
  const feeds = new Feeds(me, [GENERAL], config.heads, config.outbox);
  const sync = new Sync(me, feeds);
  const listenFirst = new ListenFirst();
  const room = new Room(GENERAL, me);
  for (const held of config.outbox) if (held.room === room.name) room.say(held.utterance);
  const glimpse = new Glimpse();
  const people = new People({ peer: me, nick, since: startedAt.wall, address: undefined, software });
  const exchange = new Exchange(
    {
      me,
      nickOf: (peer) => people.nickOf(peer),
      placesOf: (peer) => dialler.placesOf(peer)?.toTell() ?? [],
    },
    startedAt.at,
  );
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
    targets: () => targets.states(),
    unlinked: () => [...discovery.sightings()].filter((peer) => people.nickOf(peer) === undefined).length,
  });
  return {
    discovery,
    dialler,
    targets,
    mesh,
    exchange,
    sessions,
    visits,
    sync,
    listenFirst,
    feeds,
    room,
    glimpse,
    people,
    view,
  };
}
