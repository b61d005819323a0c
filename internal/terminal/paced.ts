import { FRAMES_PER_SECOND_MAX } from '../../pkg/base/limits.ts';
import type { Chat } from '../../pkg/chat/chat.ts';
import type { Snapshot } from '../../pkg/chat/snapshot.ts';

const FRAME_MS = 1_000 / FRAMES_PER_SECOND_MAX;

/**
 * Calls `changed` with the latest snapshot at once when the chat changes, and at most `FRAMES_PER_SECOND_MAX` times a
 * second however often it does. The last change is always told. Ends with the returned function.
 */
export function paced(chat: Chat, changed: (snapshot: Snapshot) => void): () => void {
  let pause: NodeJS.Timeout | undefined;
  let missed = false;
  const tell = (): void => {
    missed = false;
    pause = setTimeout(rest, FRAME_MS);
    changed(chat.snapshot());
  };
  const rest = (): void => {
    pause = undefined;
    if (missed) tell();
  };
  const unsubscribe = chat.subscribe(() => {
    if (pause === undefined) tell();
    else missed = true;
  });
  return () => {
    unsubscribe();
    clearTimeout(pause);
  };
}
