/** Our own bugs end here. What a peer does wrong is a `Fault`, never an assertion. */

/** Throws when something that this program guarantees does not hold. */
export function assert(condition: boolean, message: string): asserts condition {
  if (!condition) throw new Error(`p2pchat has a bug: ${message}`);
}

/** Stands in the default branch of a switch over a closed union, so that a new case breaks the build. */
export function never(value: never): never {
  throw new Error(`p2pchat has a bug: unexpected ${JSON.stringify(value)}`);
}
