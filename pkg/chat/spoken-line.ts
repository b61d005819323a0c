import type { ChatMessage } from './snapshot.ts';

/** What stands before a message that came late. No nick can pass for it, as a colon or a star follows those. */
export const LATE_MARK = 'late';

/**
 * A message as one line: `14:03 alice: hello`, `14:03 * alice waves`, `14:03 late alice: hello`. The three texts are safe
 * to show.
 */
export function spokenLine(
  { kind, late }: Pick<ChatMessage, 'kind' | 'late'>,
  { time, name, text }: { readonly time: string; readonly name: string; readonly text: string },
): string {
  const when = late ? `${time} ${LATE_MARK}` : time;
  return kind === 'action' ? `${when} * ${name} ${text}` : `${when} ${name}: ${text}`;
}
