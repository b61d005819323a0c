import { keyTag, type PeerId } from '../identity/peer-id.ts';
import type { FarewellCode, FaultCode } from '../wire/fault.ts';

/** Why somebody is no longer here, in words for people. A peer may send codes that we do not know. */
export function partingText(code: FaultCode | FarewellCode | 'closed' | (string & {})): string {
  switch (code) {
    case 'goodbye':
      return 'goodbye';
    case 'closed':
      return 'connection lost';
    case 'silence':
      return 'not heard any more';
    case 'links-full':
      return 'too many people for one of us';
    default:
      return `link ended: ${code}`;
  }
}

export function forkedText(author: PeerId): string {
  return `${keyTag(author)} has told two different histories: nothing more of it is taken in.`;
}

export function doubledText(address: string): string {
  return (
    `A copy of your identity is in use at ${address}: two that speak under one key spoil its history. ` +
    'Leave one of them, and never copy a profile that is in use.'
  );
}

export const OWN_FORK_TEXT =
  'Your name was used twice, with a copy of its key or an old backup, and others hold another history of it: ' +
  'nothing more can be said under it. Start with another -username.';

/** `unsaid` own messages were among what could not be written. */
export function storeFailedText(why: string, unsaid: number): string {
  const lost = unsaid === 0 ? '' : ` ${unsaid === 1 ? 'Your last message was' : `${unsaid} messages were`} not said.`;
  return `The history cannot be written: ${why}.${lost}`;
}
