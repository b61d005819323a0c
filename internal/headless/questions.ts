import { setTimeout as delay } from 'node:timers/promises';
import type { Chat } from '../../pkg/chat/chat.ts';
import type { Command } from '../../pkg/chat/command.ts';
import type { ChatEvent } from '../../pkg/chat/event.ts';

/** What was asked of the chat and takes a while: the next line is read when the answer to this one is there. */
export class Questions {
  readonly #chat: Chat;
  readonly #signal: AbortSignal;
  #answered: (() => void) | undefined;

  constructor(chat: Chat, signal: AbortSignal) {
    this.#chat = chat;
    this.#signal = signal;
  }

  /** Resolves when the answer was heard, or a refusal, or after `waitMs`, or at the end. One at a time. */
  async ask(command: Command, waitMs: number): Promise<void> {
    const over = new AbortController();
    const answered = new Promise<void>((resolve) => {
      this.#answered = resolve;
    });
    const signal = AbortSignal.any([this.#signal, over.signal]);
    this.#chat.do(command);
    await Promise.race([answered, delay(waitMs, undefined, { signal }).catch(() => undefined)]);
    over.abort();
  }

  heard(event: ChatEvent): void {
    const told = event.type === 'notice' ? event.notice.what : undefined;
    const isAnswer = told?.type === 'found' || (told?.type === 'note' && told.ongoing !== true);
    const isRefused = event.type === 'refused' && event.unsaid === 0;
    if (isAnswer || isRefused) this.#answered?.();
  }
}
