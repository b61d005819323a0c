import { never } from '../../pkg/base/assert.ts';
import type { InputContext } from '../../pkg/chat/input-action.ts';
import { shownLine } from '../../pkg/chat/shown.ts';
import type { ChatMessage, Notice, Snapshot } from '../../pkg/chat/snapshot.ts';
import { keyTag, type PeerId } from '../../pkg/identity/peer-id.ts';

/** One line for one message: `14:03 alice: hello`, or `14:03 * alice waves`. The message's own line breaks are shown as `⏎`. */
export function messageLine(message: ChatMessage, { snapshot, timeOf }: InputContext): string {
  const name = nameOf(message.author, message.nick, snapshot);
  const text = shownLine(message.text);
  return message.kind === 'action'
    ? `${timeOf(message.saidAt)} * ${name} ${text}`
    : `${timeOf(message.saidAt)} ${name}: ${text}`;
}

export function noticeLines({ what }: Notice): readonly string[] {
  switch (what.type) {
    case 'joined':
      return [`${shownLine(what.nick)} joined`];
    case 'left':
      return [`${shownLine(what.nick)} left (${shownLine(what.reason)})`];
    case 'renamed':
      return [`${shownLine(what.from)} is now known as ${shownLine(what.to)}`];
    case 'problem':
      return [shownLine(what.text)];
    case 'note':
      return what.lines.map(shownLine);
    default:
      return never(what);
  }
}

/** The nick, with the key's tag where somebody else here has the same. */
function nameOf(author: PeerId, nick: string, { people }: Snapshot): string {
  const person = people.find(({ peer }) => peer === author);
  const shown = shownLine(nick);
  return person?.ambiguous === true ? `${shown}~${keyTag(author)}` : shown;
}
