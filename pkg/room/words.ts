import { keyTag, type PeerId } from '../identity/peer-id.ts';
import type { FarewellCode, FaultCode } from '../wire/fault.ts';
import { parseRun } from '../wire/run.ts';

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
    case 'other-group':
      return 'it is in another chat, by another -multicast: /doctor tells which';
    case 'version':
      return 'it speaks another protocol version: one of us wants an update';
    default:
      return `link ended: ${code}`;
  }
}

/** Says which two runs, by their texts, an author has signed for one place, where they are at hand. */
export function forkedText(author: PeerId, proof: readonly string[] | undefined): string {
  const told = proof === undefined ? '' : ` (the proof is kept: ${proof.map(signedText).join(' and ')})`;
  return `${keyTag(author)} has told two different histories${told}: nothing more of it is taken in.`;
}

/** The first entry of a run, shortened. */
function signedText(text: string): string {
  const run = parseRun(text);
  const [entry] = run.type === 'run' ? run.entries : [];
  if (entry === undefined) return 'a run that cannot be read';
  const shown = [...entry.content].slice(0, PROOF_LETTERS_SHOWN).join('');
  return `${entry.sequence} "${shown}${shown.length < entry.content.length ? '…' : ''}"`;
}

const PROOF_LETTERS_SHOWN = 40;

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
