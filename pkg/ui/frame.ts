import { isUncertain } from './cells.ts';
import type { Regions, Size } from './regions.ts';
import type { Row } from './row.ts';

/** One picture of the screen. Rows keep their identity from frame to frame as long as they look the same. */
export interface Frame {
  readonly size: Size;
  readonly regions: Regions;
  readonly header: readonly Row[];
  /** Exactly `regions.messages` rows. */
  readonly messages: readonly Row[];
  readonly people: readonly Row[];
  readonly status: readonly Row[];
  readonly input: readonly Row[];
  /** Where the terminal's cursor stands, from the upper left corner of the screen. */
  readonly cursor: { readonly x: number; readonly y: number };
}

/**
 * Whether a line of the screen changes of which the terminal may count the columns otherwise than the renderer. Such
 * a line must not be drawn from the first changed column on: it could end up beside itself.
 */
export function needsWholeRows(before: Frame, after: Frame): boolean {
  const was = lines(before);
  const is = lines(after);
  return is.some((line, y) => {
    const old = was[y] ?? [];
    const same = line.length === old.length && line.every((part, place) => part === old[place]);
    return !same && [...line, ...old].some(isUncertainRow);
  });
}

/** The rows that share each line of the screen. */
function lines({ header, messages, people, status, input }: Frame): Row[][] {
  const middle = messages.map((line, place) => {
    const person = people[place];
    return person === undefined ? [line] : [line, person];
  });
  return [...header.map(alone), ...middle, ...status.map(alone), ...input.map(alone)];
}

function alone(line: Row): Row[] {
  return [line];
}

function isUncertainRow(line: Row): boolean {
  return line.spans.some(({ text }) => isUncertain(text));
}
