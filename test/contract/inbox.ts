import type { Input } from '../../pkg/peer/input.ts';

type InputOf<Type extends Input['type']> = Extract<Input, { readonly type: Type }>;

/** Everything a port has delivered, and a way to wait for what it has yet to deliver. */
export class Inbox {
  readonly inputs: Input[] = [];
  readonly troubles: string[] = [];
  readonly #waiting = new Set<() => void>();

  readonly deliver = (input: Input): void => {
    this.inputs.push(input);
    this.#changed();
  };

  readonly trouble = (text: string): void => {
    this.troubles.push(text);
    this.#changed();
  };

  all<Type extends Input['type']>(type: Type): InputOf<Type>[] {
    return this.inputs.filter((input): input is InputOf<Type> => input.type === type);
  }

  /** The `place`th input of a type, when it has come. */
  async next<Type extends Input['type']>(type: Type, place = 0): Promise<InputOf<Type>> {
    return await this.until(() => this.all(type)[place]);
  }

  /** The first trouble with `text` in it, when it has come. */
  async told(text: string): Promise<string> {
    return await this.until(() => this.troubles.find((trouble) => trouble.includes(text)));
  }

  /** What `look` finds, as soon as it finds something. The test's own time limit bounds it. */
  async until<Found>(look: () => Found | undefined): Promise<Found> {
    for (;;) {
      const found = look();
      if (found !== undefined) return found;
      await new Promise<void>((resolve) => this.#waiting.add(resolve));
    }
  }

  #changed(): void {
    const waiting = [...this.#waiting];
    this.#waiting.clear();
    for (const wake of waiting) wake();
  }
}
