import { ASKING_BYTES_MIN, PROTOCOL_VERSION } from '../base/limits.ts';
import type { Announce } from '../wire/announce.ts';
import { unsealed } from '../wire/entry.ts';
import { utf8Bytes } from '../wire/lines.ts';

/** The three datagrams that a peer signs once and sends as often as needed. */
export type OwnDatagram = 'asking' | 'answering' | 'leaving';

/** What is to be signed of each of them. */
export function ownTexts(
  self: Pick<Announce, 'peer' | 'instance' | 'group' | 'nick' | 'port'>,
): readonly (readonly [OwnDatagram, string])[] {
  const { peer, instance, group, nick, port } = self;
  const announce = { type: 'announce', version: PROTOCOL_VERSION, peer, instance, group, nick, port };
  return [
    ['asking', padded({ ...announce, ask: true })],
    ['answering', unsealed(announce)],
    ['leaving', unsealed({ type: 'leave', version: PROTOCOL_VERSION, peer, instance })],
  ];
}

/** What a signature adds to a text: `,"sig":"…"`. */
const SEAL_BYTES = 96;

/** Filled up, so that whoever asks sends no less than each of those who answer. */
function padded(announce: object): string {
  const missing = ASKING_BYTES_MIN - SEAL_BYTES - utf8Bytes(unsealed({ ...announce, pad: '' }));
  return unsealed({ ...announce, pad: ' '.repeat(Math.max(0, missing)) });
}
