import type { PeerId } from '../identity/peer-id.ts';

/** How a piece of text is drawn; the fields are those of Ink's `Text`. */
export interface Look {
  readonly color?: string;
  readonly dimColor?: boolean;
  readonly bold?: boolean;
  readonly inverse?: boolean;
}

export const PLAIN: Look = {};
export const DIM: Look = { dimColor: true };
export const BOLD: Look = { bold: true };
export const BAR: Look = { inverse: true };
export const BAR_ALERT: Look = { inverse: true, bold: true };

/**
 * Colours of the 256 that stand out from black and from white alike (contrast of 3.5 : 1 and more with both), far
 * apart in hue. Pure red is left to alarms.
 */
const NICK_COLOURS = [130, 100, 28, 29, 30, 31, 33, 62, 98, 133, 162, 166];
const NICK_LOOKS: readonly Look[] = NICK_COLOURS.map((number) => ({ color: `ansi256(${number})` }));

/** The look of a person's nick: always the same for one key, whatever the nick; bold where there are no colours. */
export function nickLook(peer: PeerId, colour: boolean): Look {
  if (!colour) return BOLD;
  return NICK_LOOKS[hashed(peer) % NICK_LOOKS.length] ?? BOLD;
}

/** FNV-1a over the letters of a peer id. */
function hashed(peer: PeerId): number {
  let hash = 0x811c9dc5;
  for (let place = 0; place < peer.length; place += 1) {
    hash = Math.imul(hash ^ peer.charCodeAt(place), 0x01000193) >>> 0;
  }
  return hash >>> 0;
}
