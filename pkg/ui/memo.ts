import { CLUSTER_CODE_POINTS_MAX, CLUSTERS_CACHED_MAX } from '../base/limits.ts';

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

/**
 * `compute`, asked once for each short text as long as there are not more than `CLUSTERS_CACHED_MAX`. It must be pure.
 * Texts of more than `CLUSTER_CODE_POINTS_MAX` are not remembered, so that what is held stays small.
 */
export function perText<Result>(compute: (text: string) => Result): (text: string) => Result {
  const known = new Map<string, Result>();
  return (text) => {
    const found = known.get(text);
    if (found !== undefined) return found;
    const result = compute(text);
    if (text.length > CLUSTER_CODE_POINTS_MAX) return result;
    if (known.size >= CLUSTERS_CACHED_MAX) known.clear();
    known.set(text, result);
    return result;
  };
}
