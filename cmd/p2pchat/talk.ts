/** What the program says to people on standard error. */
import { shownLine } from '../../pkg/chat/shown.ts';

/** One line about what happened, as in plain mode. The caller has made foreign text safe. */
export function note(text: string): void {
  process.stderr.write(`-- ${text}\n`);
}

/** One line in the program's own name, about why it does not go on. */
export function tell(text: string): void {
  process.stderr.write(`p2pchat: ${shownLine(text)}\n`);
}
