import { Box, Text } from 'ink';
import { memo, type ReactElement } from 'react';
import type { Row } from './row.ts';

/** Rows under each other in a column of fixed size, each drawn anew only when it is another row than before. */
export const Rows = memo(function Rows({
  rows,
  width,
}: {
  readonly rows: readonly Row[];
  readonly width: number;
}): ReactElement | null {
  if (rows.length === 0 || width <= 0) return null;
  return (
    <Box flexDirection="column" flexShrink={0} width={width} height={rows.length}>
      {rows.map((row) => (
        <RowLine key={row.key} row={row} />
      ))}
    </Box>
  );
});

/** One line. Its rows are cut to width before they get here; `truncate` keeps Ink from wrapping where it disagrees. */
const RowLine = memo(function RowLine({ row }: { readonly row: Row }): ReactElement {
  const empty = row.spans.every(({ text }) => text === '');
  return (
    <Text wrap="truncate">
      {empty
        ? ' '
        : row.spans.map(({ text, look }, place) => (
            // The spans of a row never change places.
            // biome-ignore lint/suspicious/noArrayIndexKey: a row is replaced as a whole
            <Text key={place} {...look}>
              {text}
            </Text>
          ))}
    </Text>
  );
});
