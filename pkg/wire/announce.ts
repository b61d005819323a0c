/**
 * Discovery datagrams. An announce says "this key is reachable on this port of the address this came from"; a leave
 * takes it back; a probe asks who hears it. All are signed like runs: `sig` is the last field and covers every byte before it. None carries a
 * time or an address: clocks differ and addresses change, so the receiver trusts the source it saw. A replayed announce
 * leads at worst to a dial that the key check of the link refuses.
 */
import * as z from 'zod';
import { DATAGRAM_BYTES_MAX, PROTOCOL_VERSION } from '../base/limits.ts';
import { signedPart } from './entry.ts';
import { type Fault, fault } from './fault.ts';
import { groupField, instanceField, nickField, peerField, portField, wayField } from './fields.ts';

const announceSchema = z.object({
  type: z.literal('announce'),
  version: z.int().min(0),
  peer: peerField,
  instance: instanceField,
  /** The network that is meant: others may use the same port. */
  group: groupField,
  nick: nickField,
  /** TCP port for links. */
  port: portField,
  /** The sender is new here and wants to be answered directly. */
  ask: z.boolean().optional(),
  /** Fills an announce that asks up to `ASKING_BYTES_MIN`. */
  pad: z.string().optional(),
  sig: z.string(),
});

const leaveSchema = z.object({
  type: z.literal('leave'),
  version: z.int().min(0),
  peer: peerField,
  instance: instanceField,
  sig: z.string(),
});

/**
 * A question of somebody who finds out what the network lets through, and who is not there to chat. It is no sighting:
 * nobody dials for it. Whoever hears it answers with its announce and remembers the way for a visit.
 */
const probeSchema = z.object({
  type: z.literal('probe'),
  version: z.int().min(0),
  peer: peerField,
  instance: instanceField,
  group: groupField,
  /** TCP port on which the sender accepts links. */
  port: portField,
  way: wayField,
  /** Makes it longer than its answer. */
  pad: z.string().max(DATAGRAM_BYTES_MAX).optional(),
  sig: z.string(),
});

const datagramSchema = z.discriminatedUnion('type', [announceSchema, leaveSchema, probeSchema]);

export type Announce = z.infer<typeof announceSchema>;
type Leave = z.infer<typeof leaveSchema>;
export type Probe = z.infer<typeof probeSchema>;

/** A datagram as it was read; nothing in it is proven until its signature is verified. */
export interface SignedDatagram {
  readonly type: 'datagram';
  readonly body: Announce | Leave | Probe;
  readonly text: string;
  readonly signed: string;
  readonly signature: string;
}

const decoder = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });

/** Reads one datagram. Whatever the bytes are, it returns a datagram or a fault. */
export function decodeDatagram(bytes: Uint8Array): SignedDatagram | Fault {
  if (bytes.length > DATAGRAM_BYTES_MAX) return fault('bad-line', 'a datagram that is too long');
  let text: string;
  let value: unknown;
  try {
    text = decoder.decode(bytes);
    value = JSON.parse(text);
  } catch {
    return fault('bad-line', 'a datagram that is not JSON in UTF-8');
  }
  const parsed = datagramSchema.safeParse(value);
  if (!parsed.success) return otherVersion(value) ?? noAnnounce(parsed.error);
  const seal = signedPart(text);
  if (seal === undefined || seal.signature !== parsed.data.sig) return fault('bad-line', 'sig is not the last field');
  return { type: 'datagram', body: parsed.data, text, ...seal };
}

/** What peers of every version have in common: whatever else has changed, it can be said that they speak another one. */
const versionSchema = z.object({ version: z.int().min(0) });

function otherVersion(value: unknown): Fault | undefined {
  const parsed = versionSchema.safeParse(value);
  if (!parsed.success || parsed.data.version === PROTOCOL_VERSION) return undefined;
  return fault('version', `protocol version ${parsed.data.version}`);
}

function noAnnounce(error: z.ZodError): Fault {
  return fault('bad-line', `no announce: ${error.issues[0]?.path.join('.') || 'type'}`);
}
