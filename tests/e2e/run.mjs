// SPDX-License-Identifier: Apache-2.0
// Every test file, one after the other: each starts its own server and browser.

import { spawn } from 'node:child_process';
import { readdirSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

const folder = fileURLToPath(new URL('.', import.meta.url));
const wanted = process.argv.slice(2);
const files = readdirSync(folder)
  .filter((name) => name.endsWith('.test.mjs'))
  .filter((name) => wanted.length === 0 || wanted.some((part) => name.includes(part)))
  .sort();

const failed = [];
for (const file of files) {
  const child = spawn(process.execPath, ['--test', file], { cwd: folder, stdio: 'inherit' });
  const code = await new Promise((done) => child.once('exit', done));
  if (code !== 0) failed.push(file);
}
console.log(`${files.length - failed.length} of ${files.length} e2e files passed`);
if (failed.length > 0) console.log(`failed: ${failed.join(', ')}`);
process.exit(failed.length === 0 && files.length > 0 ? 0 : 1);
