const SECOND_MS = 1_000;
const MINUTE_MS = 60 * SECOND_MS;
const HOUR_MS = 60 * MINUTE_MS;
const DAY_MS = 24 * HOUR_MS;
/** Up to here a second more or less is told. */
const SECONDS_TOLD_MS = 100 * SECOND_MS;

/** A span of time as people say it: `12 s`, `3 min`, `2 h`, `4 days`. */
export function spanText(spanMs: number): string {
  if (spanMs < SECONDS_TOLD_MS) return `${Math.max(1, Math.round(spanMs / SECOND_MS))} s`;
  if (spanMs < 100 * MINUTE_MS) return `${Math.round(spanMs / MINUTE_MS)} min`;
  if (spanMs < 48 * HOUR_MS) return `${Math.round(spanMs / HOUR_MS)} h`;
  return `${Math.round(spanMs / DAY_MS)} days`;
}

/** In words that change seldom how long ago something was: `now`, `10 s ago`, `3 min ago`. Never more than it was. */
export function agoText(agoMs: number): string {
  if (agoMs < 10 * SECOND_MS) return 'now';
  const step = agoMs < MINUTE_MS ? 10 * SECOND_MS : agoMs < HOUR_MS ? MINUTE_MS : agoMs < DAY_MS ? HOUR_MS : DAY_MS;
  const count = Math.floor(agoMs / step);
  if (step === 10 * SECOND_MS) return `${10 * count} s ago`;
  if (step === MINUTE_MS) return `${count} min ago`;
  if (step === HOUR_MS) return `${count} h ago`;
  return count === 1 ? '1 day ago' : `${count} days ago`;
}
