// SPDX-License-Identifier: Apache-2.0
// Writes into the built service worker which files it keeps, and a version that changes with any of them.

import { createHash } from 'node:crypto';
import { readFileSync, readdirSync, writeFileSync } from 'node:fs';
import { join, relative, sep } from 'node:path';

/** Pictures that only an installer or a search engine asks for. */
const kLeftOut = /^\/(sw\.js|icons\/.*|.*\.map)$/;

export function serviceWorker() {
  let folder = '';
  return {
    name: 'parley-service-worker',
    apply: 'build',
    configResolved: (config) => (folder = join(config.root, config.build.outDir)),
    closeBundle: () => fillIn(folder),
  };
}

function fillIn(folder) {
  const files = readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => `/${relative(folder, join(entry.parentPath ?? entry.path, entry.name)).split(sep).join('/')}`)
    .filter((path) => !kLeftOut.test(path))
    .sort();
  const hash = createHash('sha256');
  for (const path of files) hash.update(path).update(readFileSync(join(folder, path)));
  const kept = files.map((path) => (path === '/index.html' ? '/' : path));
  const worker = join(folder, 'sw.js');
  const source = readFileSync(worker, 'utf8')
    .replace('__PARLEY_FILES__', kept.join(' '))
    .replace('__PARLEY_VERSION__', hash.digest('hex').slice(0, 16));
  if (source.includes('__PARLEY_')) throw new Error('sw.js was not filled in');
  writeFileSync(worker, source);
}
