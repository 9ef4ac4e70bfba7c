// SPDX-License-Identifier: Apache-2.0
// Fails when the first load (the page, everything it asks for at once, and its shared worker) weighs too
// much, or when the page carries what its content security policy refuses. Says what grew since the
// weights that are kept in weights.json; `--keep` keeps those of this build.

import { readFileSync, readdirSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { gzipSync } from 'node:zlib';

const kLimitBytes = 100 * 1000;
/** Less than this is another name for a variable. */
const kNoticedBytes = 64;
const dist = new URL('../dist/', import.meta.url);
const keptFile = new URL('../weights.json', import.meta.url);

const html = readFileSync(new URL('index.html', dist), 'utf8');
const asked = [...html.matchAll(/<(?:script|link)[^>]*(?:src|href)="\/([^"]+)"/g)].map((match) => match[1]);
const worker = readdirSync(new URL('assets/', dist)).find((name) => name.startsWith('tabs-'));
if (!worker) throw new Error('the shared worker was not built');

/** By what it is, without the hash of what is in it. */
const weights = {};
for (const file of ['index.html', ...asked, `assets/${worker}`]) {
  const bytes = readFileSync(new URL(file, dist));
  const name = file.replace(/-[\w-]{8}(\.\w+)$/, '$1');
  weights[name] = gzipSync(bytes, { level: 9 }).length;
}
const kept = JSON.parse(readFileSync(keptFile, 'utf8'));
const total = sum(weights);
for (const [name, bytes] of Object.entries(weights)) console.log(line(bytes, kept[name] ?? 0, name));
console.log(line(total, sum(kept), `first load (at most ${kLimitBytes})`));

const problems = [];
if (total > kLimitBytes) problems.push(`first load is ${total - kLimitBytes} bytes over the limit: ${grown()}`);
if (/<script(?![^>]*\ssrc=)/.test(html)) problems.push('index.html has an inline script');
if (/<style|\sstyle=/.test(html)) problems.push('index.html has an inline style');
if (problems.length > 0) {
  console.error(`${fileURLToPath(dist)}: ${problems.join('; ')}`);
  process.exit(1);
}
if (process.argv.includes('--keep')) writeFileSync(keptFile, `${JSON.stringify(weights, null, 2)}\n`);

function sum(all) {
  return Object.values(all).reduce((whole, bytes) => whole + bytes, 0);
}

function line(bytes, before, name) {
  const more = bytes - before;
  const note = Math.abs(more) < kNoticedBytes ? '' : `  ${more > 0 ? '+' : ''}${more}`;
  return `${String(bytes).padStart(8)} B gzip  ${name}${note}`;
}

function grown() {
  const more = Object.entries(weights)
    .map(([name, bytes]) => [name, bytes - (kept[name] ?? 0)])
    .filter(([, bytes]) => bytes >= kNoticedBytes)
    .sort((a, b) => b[1] - a[1])
    .map(([name, bytes]) => `${name} by ${bytes}`);
  return more.length > 0 ? `${more.join(', ')} heavier than in weights.json` : 'no part grew';
}
