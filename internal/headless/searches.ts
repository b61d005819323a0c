import { setTimeout as delay } from 'node:timers/promises';
import { DELIVERY_TIMEOUT_MS } from '../../pkg/base/limits.ts';
import type { Chat } from '../../pkg/chat/chat.ts';
import type { Command } from '../../pkg/chat/command.ts';
import type { ChatEvent } from '../../pkg/chat/event.ts';

/** Searches that were asked for: the next line is read when the answer to this one is there. */
export class Searches {
  readonly #chat: Chat;
  readonly #signal: AbortSignal;
  #answered: (() => void) | undefined;

  constructor(chat: Chat, signal: AbortSignal) {
    this.#chat = chat;
    this.#signal = signal;
  }

  /** Resolves when the answer was heard, or a refusal, or after `DELIVERY_TIMEOUT_MS`, or at the end. One at a time. */
  async ask(command: Command): Promise<void> {
    const over = new AbortController();
    const answered = new Promise<void>((resolve) => {
      this.#answered = resolve;
    });
    const signal = AbortSignal.any([this.#signal, over.signal]);
    this.#chat.do(command);
    await Promise.race([answered, delay(DELIVERY_TIMEOUT_MS, undefined, { signal }).catch(() => undefined)]);
    over.abort();
  }

  heard(event: ChatEvent): void {
    const isFound = event.type === 'notice' && event.notice.what.type === 'found';
    const isRefused = event.type === 'refused' && event.unsaid === 0;
    if (isFound || isRefused) this.#answered?.();
  }
}
