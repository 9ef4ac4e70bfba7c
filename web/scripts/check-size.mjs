// SPDX-License-Identifier: Apache-2.0
// Fails when the first load (the page and everything it asks for at once) weighs too much, or when the
// page carries what its content security policy refuses.

import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { gzipSync } from 'node:zlib';

const kLimitBytes = 100 * 1024;
const dist = new URL('../dist/', import.meta.url);

const html = readFileSync(new URL('index.html', dist), 'utf8');
const assets = [...html.matchAll(/(?:src|href)="\/([^"]+)"/g)].map((match) => match[1]);
let total = 0;
for (const name of ['index.html', ...assets]) {
  const bytes = readFileSync(new URL(name, dist));
  const packed = gzipSync(bytes, { level: 9 }).length;
  total += packed;
  console.log(`${String(packed).padStart(8)} B gzip  ${name}`);
}
console.log(`${String(total).padStart(8)} B gzip  first load (at most ${kLimitBytes})`);

const problems = [];
if (total > kLimitBytes) problems.push(`first load is ${total - kLimitBytes} bytes over the limit`);
if (/<script(?![^>]*\ssrc=)/.test(html)) problems.push('index.html has an inline script');
if (/<style|\sstyle=/.test(html)) problems.push('index.html has an inline style');
if (problems.length > 0) {
  console.error(`${fileURLToPath(dist)}: ${problems.join('; ')}`);
  process.exit(1);
}
