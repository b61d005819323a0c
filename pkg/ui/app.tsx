import { Box, useApp, useCursor, useInput, usePaste } from 'ink';
import { type ReactElement, useSyncExternalStore } from 'react';
import { Rows } from './rows.tsx';
import type { Screen } from './screen.ts';

/**
 * The whole screen: draws the frames of `screen` and hands it the keys. An error in handling a key ends the app, so
 * that it comes out where the app's end is awaited, after the terminal is restored.
 */
export function App({ screen }: { readonly screen: Screen }): ReactElement {
  const frame = useSyncExternalStore(screen.subscribe, screen.frame);
  const { exit } = useApp();
  const { setCursorPosition } = useCursor();
  useInput((input, key) => guarded(() => screen.press(input, key), exit));
  usePaste((text) => guarded(() => screen.paste(text), exit));
  setCursorPosition(frame.cursor);
  const { size, regions } = frame;
  return (
    <Box flexDirection="column" width={size.columns} height={size.rows}>
      <Rows rows={frame.header} width={size.columns} />
      <Box flexShrink={0} width={size.columns} height={regions.messages}>
        <Rows rows={frame.messages} width={regions.messageColumns} />
        <Box flexShrink={0} width={regions.gap} />
        <Rows rows={frame.people} width={regions.peopleColumns} />
      </Box>
      <Rows rows={frame.status} width={size.columns} />
      <Rows rows={frame.input} width={size.columns} />
    </Box>
  );
}

function guarded(act: () => void, exit: (error: Error) => void): void {
  try {
    act();
  } catch (error) {
    exit(error instanceof Error ? error : new Error(String(error)));
  }
}
