/** `compute`, asked again only when one of its arguments is another one than last time. It must be pure. */
export function latest<Arguments extends readonly unknown[], Result>(
  compute: (...values: Arguments) => Result,
): (...values: Arguments) => Result {
  let last: { readonly values: Arguments; readonly result: Result } | undefined;
  return (...values) => {
    if (last === undefined || values.some((value, place) => value !== last?.values[place])) {
      last = { values, result: compute(...values) };
    }
    return last.result;
  };
}
