/** The word of `words` that `typed` was probably meant to be: one it begins, or one a slip of the fingers away. */
export function closestWord(typed: string, words: readonly string[]): string | undefined {
  const begun = words.filter((word) => typed !== '' && word.startsWith(typed));
  if (begun[0] !== undefined) return begun[0];
  const slipsMax = typed.length <= 3 ? 1 : 2;
  let best: string | undefined;
  let fewest = slipsMax + 1;
  for (const word of words) {
    // The length parts words far cheaper than comparing them, however long the typed one is.
    if (Math.abs(word.length - typed.length) > slipsMax) continue;
    const slips = slipsBetween(typed, word);
    if (slips < fewest) {
      best = word;
      fewest = slips;
    }
  }
  return best;
}

/** Letters to add, drop, replace or swap with their neighbour until one word is the other. */
function slipsBetween(left: string, right: string): number {
  let beforeLast: number[] = [];
  let last = Array.from({ length: right.length + 1 }, (_, place) => place);
  for (let row = 1; row <= left.length; row += 1) {
    const current = [row];
    for (let column = 1; column <= right.length; column += 1) {
      const same = left[row - 1] === right[column - 1];
      const replaced = at(last, column - 1) + (same ? 0 : 1);
      const swapped =
        row > 1 && column > 1 && left[row - 1] === right[column - 2] && left[row - 2] === right[column - 1]
          ? at(beforeLast, column - 2) + 1
          : Number.POSITIVE_INFINITY;
      current.push(Math.min(at(last, column) + 1, at(current, column - 1) + 1, replaced, swapped));
    }
    beforeLast = last;
    last = current;
  }
  return at(last, right.length);
}

function at(row: readonly number[], column: number): number {
  return row[column] ?? Number.POSITIVE_INFINITY;
}
