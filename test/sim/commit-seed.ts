import { execFileSync } from 'node:child_process';

const FALLBACK_SEED = 20_260_101;

/** A seed that nobody chose: another one with each commit. A failure names it, so that it can be played again. */
export function seedOfCommit(): number {
  try {
    const stdio: ('ignore' | 'pipe')[] = ['ignore', 'pipe', 'ignore'];
    const commit = execFileSync('git', ['rev-parse', 'HEAD'], { encoding: 'utf8', stdio });
    return Number.parseInt(commit.slice(0, 7), 16);
  } catch {
    return FALLBACK_SEED;
  }
}
