import type { WallTime } from '../../pkg/base/units.ts';

/** The time of day in this machine's time zone, always five characters: `09:05`. */
export function localTime(at: WallTime): string {
  const date = new Date(at);
  return `${twoDigits(date.getHours())}:${twoDigits(date.getMinutes())}`;
}

/** The day in this machine's time zone: `2025-11-16`. */
export function localDay(at: WallTime): string {
  const date = new Date(at);
  return `${date.getFullYear()}-${twoDigits(date.getMonth() + 1)}-${twoDigits(date.getDate())}`;
}

function twoDigits(count: number): string {
  return String(count).padStart(2, '0');
}
