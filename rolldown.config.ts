import { defineConfig } from 'rolldown';

export default defineConfig({
  input: { p2pchat: 'cmd/p2pchat/launch.ts' },
  platform: 'node',
  // Ink loads it only where somebody set DEV and installed it.
  external: ['react-devtools-core'],
  transform: { target: 'node22.16', define: { 'process.env.NODE_ENV': '"production"' } },
  output: {
    dir: 'dist',
    format: 'esm',
    entryFileNames: '[name].js',
    chunkFileNames: '[name]-[hash].js',
    banner: (chunk) => (chunk.isEntry ? '#!/usr/bin/env node' : ''),
    minify: false,
    cleanDir: true,
  },
});
