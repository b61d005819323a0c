/**
 * Every bound of p2pchat, named with its unit, in one place. `docs/PROTOCOL.md` carries the same table and a
 * test keeps the two equal. Breaking a bound that a peer must keep costs that peer its link, with the fault named
 * beside the bound; it never costs the receiver memory, screen or data.
 */
import { assert } from './assert.ts';

// Identity

/** Bytes of an Ed25519 public key. */
export const PEER_ID_BYTES = 32;
/** Public keys kept ready for verifying; past it the one used longest ago makes room. */
export const KEYS_READY_MAX = 4_096;
/** Letters of a key tag; 4 base32 letters tell 1,048,576 keys apart. */
export const TAG_CHARS = 4;
/** Code points of a nick. */
export const NICK_CODE_POINTS_MAX = 24;

// Discovery

/** Where everybody listens for announces unless told otherwise. */
export const MULTICAST_GROUP_DEFAULT = '224.0.0.1';
export const MULTICAST_PORT_DEFAULT = 9999;
/** Bytes of one announce or leave datagram; a longer one is ignored. */
export const DATAGRAM_BYTES_MAX = 1024;
/** After start: announces at these times, so that one lost datagram in a row of four does not matter. */
export const ANNOUNCE_BURST_MS: readonly number[] = [0, 80, 250, 800];
/** After the burst: one announce in this span, give or take `ANNOUNCE_JITTER_SHARE`. */
export const ANNOUNCE_INTERVAL_MS = 5_000;
export const ANNOUNCE_JITTER_SHARE = 0.2;
/** Datagrams that one announce may be on one network: multicast, subnet broadcast, IPv6 multicast. */
export const ANNOUNCE_WAYS = 3;
/** Datagrams of all peers of a network together stay under this: the interval stretches with the number of peers heard. */
export const ANNOUNCES_PER_SECOND_MAX = 20;
/** However many are heard, who may be made up: an announce is no rarer than this. */
export const ANNOUNCE_INTERVAL_MS_MAX = 60_000;
/** Bytes that an announce which asks for an answer has at least, filled up where need be; an answer never has more. */
export const ASKING_BYTES_MIN = 512;
/** Answers sent: so many a second, with a reserve for many who start at once. */
export const ANSWERS_PER_SECOND_MAX = 100;
export const ANSWERS_BURST_MAX = 512;
/** A peer that asks is answered directly at most once in this span. */
export const ANSWER_INTERVAL_MS = 500;
/** Peers remembered from announces; past it the one heard longest ago makes room. */
export const SIGHTINGS_MAX = 1_024;
/** Endpoints that one datagram, while it is being verified, is remembered to have come from. */
export const SIGHTING_ADDRESSES_MAX = 8;
/** A peer not heard for so long is forgotten; where announces are rarer, after `SIGHTING_INTERVALS` of them. */
export const SIGHTING_LIFE_MS = 60_000;
export const SIGHTING_INTERVALS = 3;
/** Announce signatures verified for one source address: so many a second, with a reserve; further ones are dropped. */
export const ANNOUNCE_CHECKS_PER_SECOND_MAX = 100;
export const ANNOUNCE_CHECKS_BURST_MAX = 1_000;
/** Source addresses whose announces are counted; past it the count of the oldest is forgotten. */
export const ANNOUNCE_SOURCES_MAX = 1_024;
/** Announce signatures under examination at once; further announces are dropped until one is done. */
export const ANNOUNCE_CHECKS_MAX = 64;

/** Probers remembered, each with the ways by which it was heard; past it the one heard longest ago makes room. */
export const PROBERS_MAX = 64;
/** A probe is remembered for so long. */
export const PROBE_LIFE_MS = 30_000;
/** Characters of an address with its port in a line. */
export const ENDPOINT_CHARS_MAX = 96;
/** The cards are looked at so often. */
export const CARDS_LOOK_INTERVAL_MS = 1_000;
/** The wall clock and the monotonic one have drifted apart by more between two looks: the machine has slept. */
export const CLOCK_JUMP_MS = 1_000;
/** An own address that is missed for so long is gone, and the links on it end; at once where another one has come. */
export const ADDRESS_PATIENCE_MS = 3_000;
/** An own address that is back within this has not come anew. */
export const ADDRESS_MEMORY_MS = 10_000;

// Mesh

/** The port tried first for links, and how many after it. */
export const LISTEN_PORT_DEFAULT = 8080;
export const LISTEN_PORTS_TRIED_MAX = 100;
/** Links held at once unless told otherwise; one of them, at the address that holds most, is given up for a further peer (`links-full`). */
export const LINKS_MAX_DEFAULT = 256;
/** What the number of links may be set to; with fewer, many would not even be known to be present. */
export const LINKS_MAX_LEAST = 32;
export const LINKS_MAX_MOST = 999;
/** Who holds this share of its links and knows of more peers than it may be linked with dials nobody: the rest is for newcomers. */
export const LINKS_WANTED_SHARE = 0.875;
/** A link is given up for a newcomer at most once in this span; others are told `links-full` meanwhile. */
export const LINK_YIELD_INTERVAL_MS = 250;
/** Connections that have proven their key and not greeted yet, past the links; past it one of them or a further one is told `links-full`. */
export const GREETINGS_MAX = 256;
/** Connections of one peer that have not yet said hello; a further one is told `duplicate`. */
export const CANDIDATES_PER_PEER_MAX = 4;
/** The peer with the greater id leaves the other this long to dial first. */
export const DIAL_DEFER_MS = 300;
/** It waits as long again, up to so often, while it dials others at the same address: that machine is busy. */
export const DIAL_DEFERRALS_MAX = 33;
/** Endpoints kept of a peer; past it the least promising one makes room. They are dialled in a race. */
export const ENDPOINTS_PER_PEER_MAX = 8;
/** Of the endpoints of one dial, each further one is tried after this, or as soon as one before it fails. */
export const DIAL_HEAD_START_MS = 200;
/** An endpoint where somebody else answered is not dialled for this peer again for so long. */
export const WRONG_ENDPOINT_MS = 30_000;
/** A dial that is not connected after so long has failed; connected, it has `HANDSHAKE_TIMEOUT_MS` to become a link. */
export const DIAL_TIMEOUT_MS = 3_000;
/** Addresses tried in one dial, those that names resolve to included; further ones are left out. */
export const DIAL_ADDRESSES_MAX = 16;
/** Host names being resolved at once; others wait. A name that is not resolved after so long is none. */
export const LOOKUPS_MAX = 2;
export const LOOKUP_TIMEOUT_MS = 5_000;
/** Dials under way at once: in all, to one address, and to peers that nobody heard or that failed before. */
export const DIALS_MAX = 32;
export const DIALS_PER_ADDRESS_MAX = 8;
export const DIALS_UNSURE_MAX = 16;
/** Dials begun to such peers: so many a second, with a reserve for many that one is told of at once. */
export const DIALS_UNSURE_PER_SECOND_MAX = 32;
export const DIALS_UNSURE_BURST_MAX = 512;
/** Wait before the first redial; doubled each time up to the greatest. An announce brings it back to the first. */
export const BACKOFF_FIRST_MS = 250;
export const BACKOFF_MS_MAX = 10_000;
export const BACKOFF_JITTER_SHARE = 0.25;
/**
 * Peers remembered for dialling; past it one whose link ended is dialled again only when it announces itself, and whoever is
 * heard takes the place of the one heard longest ago.
 */
export const DIALLABLE_MAX = 2_048;
/** After so many failures in a row (about three minutes) a peer is not dialled again until it announces itself. */
export const DIALS_FAILED_MAX = 20;
/** Who starts gives announces so long before it dials the peers that it remembers. */
export const REMEMBERED_DELAY_MS = 400;
/** What is to be remembered is written so long after it changed, and on leaving. */
export const REMEMBER_PAUSE_MS = 5_000;
/** Places that the person asked to be connected with. */
export const TARGETS_MAX = 64;
/** Why such a place is not linked is told again so long after it was told, where the reason is another one by then. */
export const TARGET_TOLD_PAUSE_MS = 600_000;
/** The wall clock ran ahead of the monotonic one by so much, or a deadline was met so late: the machine slept. */
export const SLEPT_MS = 4_000;
/** After a sleep or a change of the network all are tried anew; not more often than this. */
export const REFRESH_INTERVAL_MS = 2_000;
/** Connections accepted but not yet authenticated; past it the oldest makes room (`handshake-crowded`). */
export const HANDSHAKES_MAX = 256;
/** A connection that is not authenticated after so long is cut (`handshake-timeout`): a busy machine may take seconds. */
export const HANDSHAKE_TIMEOUT_MS = 10_000;

// Peer exchange

/** Peers told of in one `peers` line; more take more lines. */
export const PEERS_PER_LINE_MAX = 64;
/** Peers that one link may tell of; further ones are passed over. */
export const PEERS_TOLD_MAX = 1_024;
/** Endpoints told of one peer. */
export const ENDPOINTS_TOLD_MAX = 4;
/** Who is linked with others than its neighbour asks whom, once its own links have rested so long, and not more often than this. */
export const EXCHANGE_REST_MS = 400;
/** Where nobody new was told of, the wait before somebody else is asked doubles up to this. */
export const EXCHANGE_WAIT_MS_MAX = 5_000;
/** A peer that is told of and cannot be linked for so long is present through others. */
export const RELAYED_AFTER_MS = 3_000;
/** Peers present through others; further ones wait. So many may come at once, */
export const RELAYED_MAX = 1_024;
/** and in the long run so many a second: each is told of on the screen. */
export const RELAYED_PER_SECOND_MAX = 4;

// Session

/** The protocol that is spoken here; a peer with another one is told `version`. */
export const PROTOCOL_VERSION = 1;
/** Bytes of one line, its line break not counted (`line-too-long`). */
export const LINE_BYTES_MAX = 65_536;
/** A link whose hello has not come after so long is cut (`hello-timeout`). */
export const HELLO_TIMEOUT_MS = 3_000;
/** Each side sends a beat so often to those nearest to it, and to all where there are no more than `LINKS_QUICK_MAX`. */
export const BEAT_INTERVAL_MS = 2_000;
/** To the others so often: they are told where one of those nearest falls silent. */
export const BEAT_RARE_MS = 10_000;
/** The longest wait until its next beat that a peer may tell. */
export const BEAT_NEXT_MS_MAX = 60_000;
/** Links of which each has beats at the short interval; with more, those to so many peers nearest by id. */
export const LINKS_QUICK_MAX = 16;
export const QUICK_PEERS = 8;
/** A beat that is due on one link takes along those of other links that would be due within this: one waking for all. */
export const BEAT_GATHER_MS = 1_000;
/** A link on which nothing came for so long, past the beat that was due, is dead (`silence`). A stall of 3 s is no death. */
export const SILENCE_MS_MAX = 5_500;
/** Nothing came for so long of somebody whose beats are often: the others are told to look after it. */
export const DOUBT_MS = 3_200;
/** A deadline met so late means that we ourselves stood still; links then get `STALL_GRACE_MS` before they count as silent. */
export const OWN_STALL_MS = 500;
export const STALL_GRACE_MS = 1_500;
/** Lines that are neither entries nor `want` nor `enough`: so many a second, with a reserve for bursts (`flood`). */
export const CONTROL_LINES_PER_SECOND_MAX = 200;
export const CONTROL_LINES_BURST_MAX = 1_000;
/** Lines that ask for ranges: so many a second, with a reserve for a newcomer that asks for everything (`flood`). */
export const WANT_LINES_PER_SECOND_MAX = 200;
export const WANT_LINES_BURST_MAX = 20_000;
/** Changes of nick on a link: so many a second, with a reserve (`flood`). Each is a line on everybody's screen. */
export const NICK_LINES_PER_SECOND_MAX = 0.2;
export const NICK_LINES_BURST_MAX = 10;
/** Characters of the reason in a bye. */
export const REASON_CHARS_MAX = 200;
/** Links that one peer key may have lost since the start of the other, as its hello tells. */
export const LOST_LINKS_MAX = 0xffff_ffff;
/** Rooms told of in one beat. */
export const DIGESTS_PER_BEAT_MAX = 64;

/** Visits answered at once, in all and of those from one address; a further visitor is told `busy`. */
export const VISITS_MAX = 4;
export const VISITS_PER_ADDRESS_MAX = 2;
/** A visitor that could not be dialled back within this is told so. */
export const VISIT_DIAL_MS = 2_000;

// Entries, runs and feeds

/** Code points of a room name behind its `#`. */
export const ROOM_CODE_POINTS_MAX = 32;
/** UTF-8 bytes of one message. */
export const CONTENT_BYTES_MAX = 8_192;
/** Entries of a run, and bytes of it with its line breaks (`bad-run`). */
export const RUN_ENTRIES_MAX = 256;
export const RUN_BYTES_MAX = 65_536;
/** An entry's Lamport clock may be ahead of the entry before it in its feed by at most this (`bad-chain`). */
export const CLOCK_STEP_MAX = 0x1_0000_0000;
/** A clock that a peer only told of is believed up to so much above what is stored. */
export const CLOCK_AHEAD_MAX = 1_048_576;
/** No clock and no other count is greater. */
export const COUNT_MAX = Number.MAX_SAFE_INTEGER - 1;
/** No sequence is greater, so that it has its place in the full-text index. */
export const SEQUENCE_MAX = 4_398_046_511_103;
/** Own messages waiting to be signed and stored; a further one is refused to the person who typed it. */
export const OUTBOX_MESSAGES_MAX = 10_000;
/** Feeds of one room taken from whoever brings them; further authors are taken only from themselves. */
export const FEEDS_PER_ROOM_MAX = 10_000;
/** Feeds beyond those, of authors that are linked and speak for themselves; those of a further one are not taken in. */
export const FEEDS_IN_PERSON_MAX = 1_024;

// Sync

/** Heads told in one line; more take more lines. */
export const HEADS_PER_LINE_MAX = 256;
/** Ranges asked of one link at once; the rest wait until one has come. */
export const WANTS_PER_LINK_MAX = 256;
/** Ranges that one link may have asked for and not yet received (`flood`). */
export const STREAMS_PER_LINK_MAX = 1_024;
/** Feeds that one link may follow at once, its peer's wants without an end (`flood`). */
export const FOLLOWS_PER_LINK_MAX = 1_024;
/** Whoever lacks something waits so long before it asks, so that all who have it get to say so and share the work. */
export const ASK_PAUSE_MS = 60;
/** Where nobody linked has the beginning of what one lacks of a feed, one waits so long for somebody before it is let go. */
export const LEAP_PATIENCE_MS = 5_000;
/** A feed that lags behind what was told for longer than this is no longer counted on in the progress shown. */
export const PROGRESS_PATIENCE_MS = 3_000;
/** Entries to come from which on progress is shown, and the newest are asked for ahead of the rest. */
export const CATCHING_UP_FROM = 500;
/** Newest runs that one asks for ahead of the rest, at most. */
export const GLIMPSE_RUNS_MAX = 100;
/** Runs that prove a fork. */
export const FORK_RUNS = 2;
/** Bytes of proofs kept in memory to be told on; older ones are on disk alone. */
export const FORK_PROOF_BYTES_MAX = 4_194_304;
/** Bytes of runs read from the store for one link in one go. */
export const LOAD_BYTES_MAX = 262_144;
/** Bytes (UTF-16 units) of runs of one feed that are verified and stored in one go, past the first run. */
export const BATCH_BYTES_MAX = 524_288;
/** Bytes of runs from all links together that wait; past it a link is not read beyond `BATCH_BYTES_MAX` of its own. */
export const PENDING_BYTES_IN_ALL_MAX = 33_554_432;
/** Bytes of runs from one link that wait to be verified and stored; past it the link is not read until half is done. */
export const PENDING_BYTES_MAX = 4_194_304;
/** Bytes that a link's socket may hold unsent before nothing more is read from the store for it. */
export const UNSENT_BYTES_MAX = 1_048_576;
/** A link whose socket holds so many bytes unsent is cut: its peer reads nothing. */
export const UNSENT_BYTES_CUT = 8_388_608;
/** What was received is acknowledged to its author after this pause, many at once. */
export const ACK_DELAY_MS = 20;
/** A range that was asked for and of which nothing came for so long is asked of another peer. */
export const WANT_TIMEOUT_MS = 3_000;
/** However much else the link brings, a range that has not come after so long is asked of another peer. */
export const WANT_PATIENCE_MS = 30_000;
/** A whole frontier is told on one link at most once in this span, however often it is asked for by beats. */
export const TELL_INTERVAL_MS = 1_000;
/** Who starts waits so long for somebody to tell what was said before it speaks itself. */
export const LISTEN_FIRST_MS = 1_000;
/** Who is told that others hold more of its own feed waits so long for it before it speaks. */
export const OWN_FEED_WAIT_MS = 5_000;
/** A differing digest counts once the own frontier has rested so long: until then entries are still on their way. */
export const DIGEST_REST_MS = 500;

// Store

/** Bytes (UTF-16 units) of runs stored in one transaction, past the first batch: so long a reader waits at most. */
export const STORE_BYTES_MAX = 524_288;
/** Ranges read for links between two transactions. */
export const LOADS_PER_TURN_MAX = 4;
/** The thread of a history that is not empty begins so long after the start, if nothing was to be stored or sent before. */
export const HISTORY_THREAD_DELAY_MS = 500;
/** What was stored is in the full-text index after this pause, or as soon after it as nothing else waits. */
export const INDEX_DELAY_MS = 400;
/** Bytes (UTF-16 units) of runs that are indexed in one go, past the first run; whoever asks meanwhile waits so long. */
export const INDEX_SLICE_BYTES = 262_144;
/** Words of a search; those behind them are passed over. */
export const SEARCH_WORDS_MAX = 16;
/** What is no longer to be kept is deleted at start and once in this span, so many runs in one go. */
export const PRUNE_INTERVAL_MS = 3_600_000;
export const PRUNE_SLICE_RUNS = 256;

/** Problems of a bundle that are named with their lines; the others are counted. */
export const BUNDLE_PROBLEMS_NAMED_MAX = 5;

// Profile

/** A second process of one profile waits this long for the first to leave before it is refused. */
export const LOCK_WAIT_MS = 250;

/** Groups whose peers are kept in the file of acquaintances, peers of each, and endpoints of each of them. */
export const GROUPS_CACHED_MAX = 8;
export const PEERS_CACHED_MAX = 256;
export const ENDPOINTS_CACHED_MAX = 8;
/** Bytes of that file; a longer one is none of ours. */
export const PEER_CACHE_BYTES_MAX = 4_194_304;

// What people see

/** A message is late when what stands behind it was here for longer than this. */
export const LATE_AFTER_MS = 2_000;
/** Messages whose words are told where they came late. */
export const LATE_TOLD_MAX = 3;
/** Hits that a search shows. */
export const SEARCH_HITS_MAX = 20;
/** Items of a room in memory: the newest on opening, pages on scrolling back, and in all. */
export const TIMELINE_PAGE_RUNS = 200;
export const TIMELINE_ITEMS_MAX = 10_000;
/** Comings and goings that follow each other within this are one item of the timeline; a return within it amends the leave. */
export const PRESENCE_FOLD_MS = 60_000;
/** People in one such item; past it another one begins. */
export const PRESENCE_FOLDED_MAX = 256;
/** Plain lines: comings and goings are collected until nobody came or went for so long, and at most for the second. */
export const PRESENCE_QUIET_MS = 250;
/** Plain lines: after quiet so many changes are told at once. */
export const PRESENCE_AT_ONCE_MAX = 3;
export const PRESENCE_COLLECT_MS = 1_000;
/** Plain lines: a goodbye is told after so long at most. */
export const PRESENCE_GOODBYE_MS = 100;
/** Plain lines: who came and went again is told of once that rests for so long, and after `PRESENCE_FOLD_MS` at most. */
export const PRESENCE_REST_MS = 5_000;
/** A link that gives way to another one with the same peer: it is present for so long without a link. */
export const LINK_REPLACED_MS = 1_500;
/** The last sign of life that is shown may be older by so much than the last there was. */
export const HEARD_STEP_MS = 5_000;
/** Events that a reader who may lose nothing can be behind before it is told that it is too slow. */
export const EVENTS_BEHIND_MAX = 100_000;
/** Characters (UTF-16) that the input line holds; a paste that does not fit is refused whole. */
export const INPUT_CHARS_MAX = 16_384;
/** Rows of wrapped messages kept for drawing; those not drawn for longest are wrapped again when needed. */
export const ROWS_CACHED_MAX = 10_000;
/** Code points of one character on the screen; one of more is drawn piece by piece, as its width cannot be known. */
export const CLUSTER_CODE_POINTS_MAX = 16;
/** Characters whose drawing and width are remembered; past it they are worked out anew. */
export const CLUSTERS_CACHED_MAX = 4_096;
/** Messages of the past that plain lines begin with, where they are asked for. */
export const HISTORY_SHOWN_MAX = 200;
/** Lines of the input history. */
export const INPUT_HISTORY_MAX = 500;
/** Frames drawn in a second, whatever comes in. */
export const FRAMES_PER_SECOND_MAX = 30;

/** In plain lines `/doctor` is waited for so long. */
export const DOCTOR_MS_MAX = 15_000;

// Leaving

/** On leaving, goodbyes get so long to go out. */
export const GOODBYE_MS = 200;
/** Lines piped in are to be delivered within this after the end of the input. */
export const DELIVERY_TIMEOUT_MS = 5_000;
/** A piped start waits this long for peers to show up before it counts who is there. */
export const SETTLE_MS = 1_200;

assert(SILENCE_MS_MAX > BEAT_INTERVAL_MS + 3_000, 'a peer that stalls for 3 s is not taken for dead');
assert(SILENCE_MS_MAX < 6_000, 'a dead peer is noticed within 6 s');
assert(
  DOUBT_MS > 3_000 && DOUBT_MS < SILENCE_MS_MAX - 2_000,
  'who is doubted has time to answer before it counts as dead',
);
assert(BEAT_RARE_MS <= BEAT_NEXT_MS_MAX, 'rare beats keep the rule');
assert(6 * CONTENT_BYTES_MAX + 4_096 < RUN_BYTES_MAX, 'a message fits its run even if every byte is escaped');
assert(RUN_BYTES_MAX <= LINE_BYTES_MAX, 'a run of one entry fits a line');
assert(RUN_BYTES_MAX <= LOAD_BYTES_MAX && LOAD_BYTES_MAX <= PENDING_BYTES_MAX, 'one run always fits what is loaded');
assert(WANTS_PER_LINK_MAX < STREAMS_PER_LINK_MAX, 'who keeps the rules never asks for too many ranges');
assert(1_000 / ACK_DELAY_MS < CONTROL_LINES_PER_SECOND_MAX / 2, 'acknowledgements are never taken for a flood');
assert(UNSENT_BYTES_CUT > UNSENT_BYTES_MAX + LOAD_BYTES_MAX, 'a slow peer is spared before it is cut');
assert(
  WANT_LINES_BURST_MAX > FEEDS_PER_ROOM_MAX + FEEDS_IN_PERSON_MAX + STREAMS_PER_LINK_MAX,
  'a newcomer may ask for every feed of a full room',
);
assert(TELL_INTERVAL_MS < BEAT_INTERVAL_MS, 'whoever beats by the rules is told every time');
assert(LISTEN_FIRST_MS > (ANNOUNCE_BURST_MS.at(-1) ?? 0), 'every announce of the burst has a chance to be answered');
assert(
  DIAL_DEFER_MS * DIAL_DEFERRALS_MAX <= HANDSHAKE_TIMEOUT_MS,
  'who gives way does so no longer than the dial of the other may take',
);
assert(SETTLE_MS > LISTEN_FIRST_MS, 'what is piped in is said before it is counted who has it');
assert(SETTLE_MS > (ANNOUNCE_BURST_MS.at(-1) ?? 0), 'the burst of announces is over when a start has settled');
assert(
  GROUPS_CACHED_MAX * PEERS_CACHED_MAX * (100 + ENDPOINTS_CACHED_MAX * 128) < PEER_CACHE_BYTES_MAX,
  'what is written of acquaintances can be read again',
);
