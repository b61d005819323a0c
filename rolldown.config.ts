import { defineConfig } from 'rolldown';

export default defineConfig({
  // The history runs on a thread of its own, which is started by the name of its file.
  input: { p2pchat: 'cmd/p2pchat/launch.ts', 'history-worker': 'internal/store/history-worker.ts' },
  platform: 'node',
  // Ink loads it only where somebody set DEV and installed it.
  external: ['react-devtools-core'],
  transform: { target: 'node22.16', define: { 'process.env.NODE_ENV': '"production"' } },
  output: {
    dir: 'dist',
    format: 'esm',
    entryFileNames: '[name].js',
    chunkFileNames: '[name]-[hash].js',
    banner: (chunk) => (chunk.isEntry && chunk.name === 'p2pchat' ? '#!/usr/bin/env node' : ''),
    minify: false,
    cleanDir: true,
  },
});
