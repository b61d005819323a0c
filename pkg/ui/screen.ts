import type { Key } from 'ink';
import type { WallTime } from '../base/units.ts';
import { shownLine } from '../chat/shown.ts';
import type { Snapshot } from '../chat/snapshot.ts';
import { Composer, type ComposerSetup } from './composer.ts';
import { type Frame, needsWholeRows } from './frame.ts';
import { keyActions } from './keys.ts';
import type { Size } from './regions.ts';
import { FIRST_STATE, pasted, pressed, type ScreenEffect, type ScreenState, type Step } from './screen-state.ts';

export interface ScreenSetup extends ComposerSetup {
  readonly snapshot: Snapshot;
  /** The time at the start; `tick` tells of later ones. */
  readonly now: WallTime;
  readonly size: Size;
  /** Carries out what the screen wants done. Called within `press` and the like, before the frame is shown. */
  readonly perform: (effect: ScreenEffect) => void;
}

/**
 * The screen as a value: keys, snapshots and sizes in, frames and effects out. It draws nothing itself; who draws
 * subscribes. Not re-entrant: `perform` must not call back into it.
 */
export class Screen {
  readonly #setup: ScreenSetup;
  readonly #composer: Composer;
  readonly #listeners = new Set<() => void>();
  #snapshot: Snapshot;
  #size: Size;
  #now: WallTime;
  #state: ScreenState = FIRST_STATE;
  #frame: Frame;

  constructor(setup: ScreenSetup) {
    this.#setup = setup;
    this.#snapshot = setup.snapshot;
    this.#size = setup.size;
    this.#now = setup.now;
    this.#composer = new Composer(setup);
    this.#composer.learn(setup.snapshot);
    this.#frame = this.#composer.compose(this.#snapshot, this.#state, this.#size, this.#now);
  }

  /** Calls `changed` whenever there is a new frame, until the returned function is called. */
  readonly subscribe = (changed: () => void): (() => void) => {
    this.#listeners.add(changed);
    return () => this.#listeners.delete(changed);
  };

  /** What is to be seen now; the same object until something changes. */
  readonly frame = (): Frame => this.#frame;

  /** Takes one report of Ink's `useInput`. */
  press(input: string, key: Key): void {
    for (const action of keyActions(input, key, this.#state.escaped)) {
      const { messageColumns: width, messages: height } = this.#frame.regions;
      const timeline = this.#composer.timeline(this.#snapshot, this.#state.cleared, { width, height });
      const view = { snapshot: this.#snapshot, timeline, now: this.#now, timeOf: this.#setup.timeOf };
      this.#take(pressed(this.#state, action, view));
    }
    this.#show();
  }

  /** Takes a block that was pasted, as one piece. */
  paste(text: string): void {
    this.#take(pasted(this.#state, text));
    this.#show();
  }

  update(snapshot: Snapshot): void {
    if (snapshot === this.#snapshot) return;
    this.#snapshot = snapshot;
    this.#composer.learn(snapshot);
    this.#show();
  }

  /** Time has passed, nothing else. Nobody is told of a frame that looks like the one before. */
  tick(now: WallTime): void {
    this.#now = now;
    const { header, messages } = this.#composer.compose(this.#snapshot, this.#state, this.#size, now);
    if (header !== this.#frame.header || messages !== this.#frame.messages) this.#show();
  }

  resize(size: Size): void {
    this.#size = size;
    this.#setup.perform({ type: 'redraw' });
    this.#show();
  }

  /** Tells the person at the keyboard what did not work. `text` need not be safe. */
  warn(text: string): void {
    this.#state = { ...this.#state, hint: { tone: 'error', text: shownLine(text) } };
    this.#show();
  }

  #take({ state, effects }: Step): void {
    this.#state = state;
    for (const effect of effects) this.#setup.perform(effect);
  }

  #show(): void {
    const before = this.#frame;
    this.#frame = this.#composer.compose(this.#snapshot, this.#state, this.#size, this.#now);
    if (needsWholeRows(before, this.#frame)) this.#setup.perform({ type: 'redraw' });
    for (const changed of this.#listeners) changed();
  }
}
