// SPDX-License-Identifier: Apache-2.0
import { fileURLToPath } from 'node:url';
import { defineConfig } from 'vitest/config';
import { serviceWorker } from './scripts/service-worker.mjs';

// The server the development page talks to: dev/fake-server.mjs unless told otherwise.
const server = process.env.PARLEY_SERVER ?? 'http://127.0.0.1:8090';

export default defineConfig({
  plugins: [serviceWorker()],
  // From its source: the page and the client change together, and only what is used comes along.
  resolve: {
    alias: {
      '@parley/client': fileURLToPath(new URL('../clients/js/src', import.meta.url)),
      '@page': fileURLToPath(new URL('src', import.meta.url)), // for the console's tests
    },
  },
  esbuild: { jsx: 'automatic', jsxImportSource: 'preact' },
  build: {
    target: 'es2020',
    // The content security policy has no data: source, so nothing may be inlined.
    assetsInlineLimit: 0,
    modulePreload: { polyfill: false },
    reportCompressedSize: false,
    rollupOptions: {
      input: { index: 'index.html', sw: 'src/service/worker.ts' },
      // At the root, because a service worker answers for the folder it lies in.
      output: {
        entryFileNames: ({ name }) => (name === 'sw' ? 'sw.js' : 'assets/[name]-[hash].js'),
      },
    },
  },
  server: { fs: { allow: ['..'] }, proxy: { '/ws': { target: server, ws: true }, '/api': server } },
  test: { environment: 'jsdom', include: ['src/**/*.test.{ts,tsx}', 'console/src/**/*.test.{ts,tsx}'] },
});
