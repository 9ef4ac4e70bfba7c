// SPDX-License-Identifier: Apache-2.0
// The admins' console: a page of its own, built beside the chat page and served by the operator port.
import { fileURLToPath } from 'node:url';
import { defineConfig } from 'vite';

const here = (path: string) => fileURLToPath(new URL(path, import.meta.url));
// The operator port the development page talks to.
const server = process.env.PARLEY_OPERATOR ?? 'http://127.0.0.1:8081';

export default defineConfig({
  root: here('.'),
  base: '/admin/',
  publicDir: here('public'),
  resolve: { alias: { '@page': here('../src') } },
  esbuild: { jsx: 'automatic', jsxImportSource: 'preact' },
  build: {
    target: 'es2020',
    outDir: here('../dist-console'),
    emptyOutDir: true,
    // The content security policy has no data: source, so nothing may be inlined.
    assetsInlineLimit: 0,
    modulePreload: { polyfill: false },
    reportCompressedSize: false,
  },
  server: { fs: { allow: ['..'] }, proxy: { '/admin/v1': { target: server, changeOrigin: true } } },
});
