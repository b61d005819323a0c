import { ROOM_CODE_POINTS_MAX } from '../base/limits.ts';

/** The name of a room with its `#`, in lower case: `#general`. */
export type RoomName = string & { readonly __brand: 'RoomName' };

/** The room that everybody is in. */
export const GENERAL = '#general' as RoomName;

const ROOM_PATTERN = new RegExp(`^#[\\p{L}\\p{N}_.\\-]{1,${ROOM_CODE_POINTS_MAX}}$`, 'u');

export function isRoomName(text: string): text is RoomName {
  return ROOM_PATTERN.test(text) && text === text.toLowerCase();
}
