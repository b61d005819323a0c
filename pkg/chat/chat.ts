import type { Command } from './command.ts';
import type { ChatEvent } from './event.ts';
import type { Snapshot } from './snapshot.ts';

/** The chat as a front end holds it: the screen, plain lines, and later scripts, agents and browsers. */
export interface Chat {
  /** The latest state; the same object until something changes. */
  snapshot(): Snapshot;
  /** Calls `changed` after each change, never within the call itself, until the returned function is called. */
  subscribe(changed: () => void): () => void;
  /** Every event from now on, in order and without loss, until `signal` aborts. Throws when read too slowly. */
  events(signal: AbortSignal): AsyncIterable<ChatEvent>;
  /** Carries out a command; returns before its effects are seen. */
  do(command: Command): void;
}
