/**
 * `npm run bench -- start` prints how long it takes from the start of the process to the first frame on the screen, on a
 * real terminal, beside `node -e 0` in the same run: alternating, medians, and the ratio of the two.
 */
import { spawn } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { median } from './told.ts';

const RUNS = 15;
/** The header of the first frame; nothing else prints it. */
const FIRST_FRAME = 'p2pchat | ';

export async function benchStart(): Promise<void> {
  const home = mkdtempSync(join(tmpdir(), 'p2pchat-bench-'));
  const frame: number[] = [];
  const bare: number[] = [];
  try {
    await firstFrameMs(home);
    for (let run = 0; run < RUNS; run += 1) {
      bare.push(await exitMs(['-e', '0']));
      frame.push(await firstFrameMs(home));
    }
  } finally {
    rmSync(home, { recursive: true, force: true });
  }
  console.table({
    'node -e 0, to its exit': row(bare),
    'p2pchat, to its first frame': row(frame),
  });
  console.log(`ratio of the medians: ${(median(frame) / median(bare)).toFixed(2)}`);
}

function exitMs(args: readonly string[]): Promise<number> {
  const startedAt = performance.now();
  return new Promise((resolve) => {
    spawn(process.execPath, args, { stdio: 'ignore' }).once('exit', () => resolve(performance.now() - startedAt));
  });
}

/** `script` gives the program a terminal of its own; its own start is part of the figure. */
export async function firstFrameMs(home: string): Promise<number> {
  const command = `stty rows 24 cols 80; exec '${process.execPath}' dist/p2pchat.js -username bench -interface 127.0.0.1 -multicast 239.255.77.1:19777`;
  const env = { ...process.env, P2PCHAT_HOME: home, CI: 'false', TERM: 'xterm-256color' };
  const startedAt = performance.now();
  const terminal = spawn('script', ['-qec', command, '/dev/null'], { env, stdio: ['pipe', 'pipe', 'inherit'] });
  let seen = '';
  const shownAt = await new Promise<number>((resolve, reject) => {
    terminal.stdout.on('data', (bytes: Buffer) => {
      seen += bytes.toString();
      if (seen.includes(FIRST_FRAME)) resolve(performance.now());
    });
    terminal.once('exit', () => reject(new Error(`no frame, but:\n${seen}`)));
  });
  const gone = new Promise((resolve) => terminal.once('exit', resolve));
  terminal.stdin.write('/quit\r');
  await gone;
  return shownAt - startedAt;
}

function row(spans: readonly number[]): Record<string, number> {
  return {
    'median ms': Math.round(median(spans)),
    'min ms': Math.round(Math.min(...spans)),
    'max ms': Math.round(Math.max(...spans)),
  };
}
