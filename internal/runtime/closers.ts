type Closer = () => void | Promise<void>;

/** What is open, closed in the reverse order of opening. Closing twice closes once. */
export class Closers {
  readonly #closers: Closer[] = [];
  #closing: Promise<void> | undefined;

  defer(closer: Closer): void {
    this.#closers.push(closer);
  }

  /** Closes everything, also where one closer fails; the first failure is thrown at the end. */
  close(): Promise<void> {
    this.#closing ??= this.#closeAll();
    return this.#closing;
  }

  async #closeAll(): Promise<void> {
    const failures: unknown[] = [];
    for (const closer of this.#closers.reverse()) {
      try {
        await closer();
      } catch (error) {
        failures.push(error);
      }
    }
    if (failures.length > 0) throw failures[0];
  }
}
