import { defineConfig } from 'vitest/config';

/** Tests in real time, with processes of their own: they run alone, so that they don't take each other's processors. */
const REAL_TIME = ['test/lan/**/*.test.ts', 'test/e2e/**/*.test.ts'];

export default defineConfig({
  test: {
    projects: [
      {
        test: {
          name: 'quick',
          include: ['test/**/*.test.{ts,tsx}'],
          exclude: REAL_TIME,
          testTimeout: 60_000,
        },
      },
      {
        test: {
          name: 'real',
          include: REAL_TIME,
          fileParallelism: false,
          testTimeout: 120_000,
          hookTimeout: 120_000,
        },
      },
    ],
  },
});
