// SPDX-License-Identifier: Apache-2.0
// Fails when the console weighs too much at its first load, or carries what its content security policy
// refuses. An admin on a train has the same patience as anybody.

import { readFileSync } from 'node:fs';
import { gzipSync } from 'node:zlib';

const kLimitBytes = 60 * 1000;
const dist = new URL('../dist-console/', import.meta.url);
const html = readFileSync(new URL('index.html', dist), 'utf8');
const asked = [...html.matchAll(/<(?:script|link)[^>]*(?:src|href)="\/admin\/([^"]+)"/g)].map((match) => match[1]);

let total = 0;
for (const file of ['index.html', ...asked]) {
  const bytes = gzipSync(readFileSync(new URL(file, dist)), { level: 9 }).length;
  total += bytes;
  console.log(`${String(bytes).padStart(8)} B gzip  ${file.replace(/-[\w-]{8}(\.\w+)$/, '$1')}`);
}
console.log(`${String(total).padStart(8)} B gzip  the console's first load (at most ${kLimitBytes})`);

const problems = [];
if (asked.length < 3) problems.push('index.html asks for less than a script, a style and a picture');
if (total > kLimitBytes) problems.push(`the first load is ${total - kLimitBytes} bytes over the limit`);
if (/<script(?![^>]*\ssrc=)/.test(html)) problems.push('index.html has an inline script');
if (/<style|\sstyle=/.test(html)) problems.push('index.html has an inline style');
if (problems.length > 0) {
  console.error(`the console: ${problems.join('; ')}`);
  process.exit(1);
}
