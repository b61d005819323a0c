/** The lines of a link: one JSON object each, a closed union. Unknown fields are ignored; new versions only add. */
import * as z from 'zod';
import {
  BEAT_NEXT_MS_MAX,
  COUNT_MAX,
  DIGESTS_PER_BEAT_MAX,
  ENDPOINT_CHARS_MAX,
  ENDPOINTS_TOLD_MAX,
  FORK_RUNS,
  GLIMPSE_RUNS_MAX,
  HEADS_PER_LINE_MAX,
  LOST_LINKS_MAX,
  PEERS_PER_LINE_MAX,
} from '../base/limits.ts';
import { entrySchemas } from './entry.ts';
import { type Fault, fault } from './fault.ts';
import {
  countField,
  groupField,
  instanceField,
  nickField,
  peerField,
  portField,
  reasonField,
  roomField,
  sequenceField,
  wayField,
} from './fields.ts';

/** A side's own monotonic clock, in whole milliseconds; only that side reads a meaning into it. */
const ticksField = z.int().min(0);

/** The first line in each direction. Who speaks is known from TLS. */
const helloSchema = z.object({
  type: z.literal('hello'),
  version: z.int().min(0),
  instance: instanceField,
  nick: nickField,
  /** The TCP port on which the speaker accepts links. */
  port: portField,
  /** The network that the speaker belongs to. */
  group: groupField,
  /** How many links between the two the speaker has had and lost; both ends rank two links by the sum. */
  lost: z.int().min(0).max(LOST_LINKS_MAX),
  /** Program and version, for people. */
  software: z.string().max(64),
});

const digestField = z.string().max(32);

/** A sign of life. `echo` repeats the latest `sent` heard, `held` the milliseconds since: so both know the round trip. */
const beatSchema = z.object({
  type: z.literal('beat'),
  sent: ticksField,
  echo: ticksField.optional(),
  held: ticksField.optional(),
  /** A digest of everybody that the speaker is linked with, itself included. */
  circle: digestField,
  /** Milliseconds until the speaker's next beat at the latest; `BEAT_INTERVAL_MS` without it. */
  next: z.int().min(0).max(BEAT_NEXT_MS_MAX).optional(),
  /** The speaker wants a beat at once. */
  ask: z.boolean().optional(),
  /** A digest of the speaker's frontier in each room. */
  digests: z.array(z.tuple([roomField, digestField])).max(DIGESTS_PER_BEAT_MAX),
});

/**
 * An author, the last sequence that the speaker has stored, and the first one where that is not 1: what was before it the
 * speaker no longer has.
 */
const headField = z.union([z.tuple([peerField, sequenceField]), z.tuple([peerField, sequenceField, countField])]);

/** What the speaker has stored: the head of each feed. Also the acknowledgement of what was sent. */
const haveSchema = z.object({
  type: z.literal('have'),
  room: roomField,
  heads: z.array(headField).max(HEADS_PER_LINE_MAX),
  /** Set on the last of the lines that together tell the whole frontier. */
  whole: z.boolean().optional(),
  /** Of the whole frontier, instead of it: on link-up. Whose own differs tells all that it has. */
  digest: digestField.optional(),
  /** The greatest clock that the speaker has stored of the room, with `whole` or `digest`: what is said next comes after it. */
  clock: z.int().min(0).max(COUNT_MAX).optional(),
});

/** Asks for an author's entries from `from` to `to`, both included; without `to` also for all that are yet to come. */
const wantSchema = z.object({
  type: z.literal('want'),
  room: roomField,
  author: peerField,
  from: countField,
  to: countField.optional(),
});

/** Takes back every `want` of a feed. What was sent before still arrives. */
const enoughSchema = z.object({ type: z.literal('enough'), room: roomField, author: peerField });

/** Asks for the newest runs of a room, whoever said them: something to read while the feeds come in. */
const latestSchema = z.object({
  type: z.literal('latest'),
  room: roomField,
  runs: z.int().min(1).max(GLIMPSE_RUNS_MAX),
});

/** The next `runs` runs on this link are no part of a feed that was asked for: each is to be taken for itself. */
const asideSchema = z.discriminatedUnion('what', [
  /** The answer to `latest`. */
  z.object({ type: z.literal('aside'), what: z.literal('latest'), runs: z.int().min(1).max(GLIMPSE_RUNS_MAX) }),
  /** Two runs of one author that contradict each other. */
  z.object({ type: z.literal('aside'), what: z.literal('fork'), runs: z.literal(FORK_RUNS) }),
]);

/** Nothing is heard of a peer for a while: who has a link with it may look whether it answers. */
const doubtSchema = z.object({ type: z.literal('doubt'), peer: peerField });

/** Asks whom the other side is linked with. */
const whoSchema = z.object({ type: z.literal('who') });

/** An address by itself, and the TCP port on which the peer accepts links. */
const placeField = z.tuple([z.union([z.ipv4(), z.ipv6()]), portField]);

/** Answers `who`: everybody that the speaker is linked with, in as many lines as it takes. */
const peersSchema = z.object({
  type: z.literal('peers'),
  peers: z
    .array(z.object({ peer: peerField, nick: nickField, at: z.array(placeField).max(ENDPOINTS_TOLD_MAX) }))
    .max(PEERS_PER_LINE_MAX),
  /** Set on the last of the lines. */
  whole: z.boolean().optional(),
  /** The speaker's circle, of which this tells; on the last of the lines. */
  circle: digestField.optional(),
});

/** The speaker goes by another nick from now on. */
const nickSchema = z.object({ type: z.literal('nick'), nick: nickField });

/**
 * Instead of a hello: the speaker is no person but finds out how well the two can reach each other. It says nothing
 * more; answered with `visited`, then `dialled-back`, then a bye.
 */
const visitSchema = z.object({
  type: z.literal('visit'),
  version: z.int().min(0),
  group: groupField,
  instance: instanceField,
  /** The TCP port on which the speaker accepts links. */
  port: portField,
});

/** What a visitor is told at once. */
const visitedSchema = z.object({
  type: z.literal('visited'),
  version: z.int().min(0),
  group: groupField,
  instance: instanceField,
  nick: nickField,
  port: portField,
  software: z.string().max(64),
  /** The speaker's wall clock, in milliseconds since 1970 UTC. */
  time: z.int().min(0),
  /** The visitor's end of the link as the speaker sees it: `192.168.1.5:40112`. */
  seen: z.string().max(ENDPOINT_CHARS_MAX),
  /** By which ways the visitor's probes were heard of late. */
  heard: z.array(wayField).max(wayField.options.length),
  /** How many others the speaker is linked with. */
  peers: z.int().min(0).max(COUNT_MAX),
});

/** What came of dialling the visitor: `why` is `wrong-key` where somebody else answered there, or the system's word. */
const dialledBackSchema = z.object({
  type: z.literal('dialled-back'),
  ok: z.boolean(),
  why: reasonField,
});

/** The last line. `code` is a fault or farewell code; an unknown one is shown as it is. */
const byeSchema = z.object({ type: z.literal('bye'), code: z.string().regex(/^[a-z-]{1,32}$/), reason: reasonField });

const messageSchema = z.discriminatedUnion('type', [
  ...entrySchemas,
  helloSchema,
  beatSchema,
  haveSchema,
  wantSchema,
  enoughSchema,
  latestSchema,
  asideSchema,
  doubtSchema,
  whoSchema,
  peersSchema,
  nickSchema,
  visitSchema,
  visitedSchema,
  dialledBackSchema,
  byeSchema,
]);

export type Message = z.infer<typeof messageSchema>;
export type Hello = z.infer<typeof helloSchema>;
export type Beat = z.infer<typeof beatSchema>;
export type ToldHead = z.infer<typeof headField>;
export type Have = z.infer<typeof haveSchema>;
export type Want = z.infer<typeof wantSchema>;
export type Enough = z.infer<typeof enoughSchema>;
export type Latest = z.infer<typeof latestSchema>;
export type Aside = z.infer<typeof asideSchema>;
export type Peers = z.infer<typeof peersSchema>;
export type ToldPeer = Peers['peers'][number];
export type Visit = z.infer<typeof visitSchema>;
export type Visited = z.infer<typeof visitedSchema>;
export type DialledBack = z.infer<typeof dialledBackSchema>;
export type Bye = z.infer<typeof byeSchema>;
/** What a side says besides entries. */
export type Control = Exclude<Message, { readonly type: 'chat' | 'action' }>;

/** Reads one line. Whatever the bytes are, it returns a message or a fault. */
export function decodeMessage(line: string): Message | Fault {
  let value: unknown;
  try {
    value = JSON.parse(line);
  } catch {
    return fault('bad-line', 'a line that is not JSON');
  }
  const parsed = messageSchema.safeParse(value);
  if (parsed.success) return parsed.data;
  const issue = parsed.error.issues[0];
  return fault('bad-line', `no message of the protocol: ${issue?.path.join('.') || 'type'}`);
}

/** One line without its line break. */
export function encodeMessage(message: Control): string {
  return JSON.stringify(message);
}
