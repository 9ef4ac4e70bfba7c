// SPDX-License-Identifier: Apache-2.0
// The page as an app: it may be installed, opens without a server, and is brought up to date by a click.

import assert from 'node:assert/strict';
import { cp, mkdtemp, readFile, realpath, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { Person, launchKept } from './support/browser.mjs';
import { Server, kPageFolder } from './support/server.mjs';

let server, context, profile, folder, ada;

before(async () => {
  folder = await mkdtemp(join(tmpdir(), 'parley-e2e-page-'));
  profile = await mkdtemp(join(tmpdir(), 'parley-e2e-profile-'));
  await cp(await realpath(kPageFolder), folder, { recursive: true });
  server = await Server.start({ 'http.web_root': folder });
  context = await launchKept(profile);
  ada = await Person.tab(context, server.url);
  await ada.register('Ada', 'correct horse battery');
});

after(async () => {
  await context?.close();
  await server?.stop();
  for (const made of [folder, profile]) await rm(made, { recursive: true, force: true });
});

const kept = ({ page }) => page.evaluate(async () => void (await navigator.serviceWorker.ready));

test('Chromium would install it', async () => {
  await kept(ada);
  const browser = await context.newCDPSession(ada.page);
  const { errors, data } = await browser.send('Page.getAppManifest');
  assert.deepEqual(errors, []);
  assert.equal(JSON.parse(data).display, 'standalone');
  const { installabilityErrors } = await browser.send('Page.getInstallabilityErrors');
  assert.deepEqual(installabilityErrors, []);
  const icons = JSON.parse(data).icons.map(({ src }) => src);
  for (const icon of [...icons, '/icons/apple-touch-icon.png']) {
    const answer = await fetch(new URL(icon, server.url));
    assert.equal(answer.status, 200, icon);
    assert.match(answer.headers.get('content-type'), /^image\//);
  }
});

test('the settings offer it when the browser does', async () => {
  await ada.page.evaluate(() => {
    const offer = new Event('beforeinstallprompt', { cancelable: true });
    offer.prompt = () => (window.prompted = offer.defaultPrevented);
    window.dispatchEvent(offer);
  });
  await ada.page.getByRole('button', { name: 'Settings' }).click();
  const button = ada.page.getByRole('button', { name: 'Install' });
  await button.click();
  await button.waitFor({ state: 'detached' });
  assert.equal(await ada.page.evaluate(() => window.prompted), true);
  await ada.page.keyboard.press('Escape');
});

test('what the server says is never kept', async () => {
  const paths = await ada.page.evaluate(async () => {
    for (const path of ['/api/v1/nothing', '/metrics', '/sw.js']) await fetch(path);
    const all = [];
    for (const name of await caches.keys())
      for (const { url } of await (await caches.open(name)).keys()) all.push(new URL(url).pathname);
    return all;
  });
  assert.ok(paths.includes('/'));
  assert.ok(paths.some((path) => /^\/assets\/markdown-/.test(path)), 'what comes later is missing');
  for (const path of paths) assert.match(path, /^\/(assets\/[\w.-]+|favicon\.svg|manifest\.webmanifest)?$/);
});

test('it opens without a server, says so, and comes in when there is one', async () => {
  await server.down();
  await ada.page.reload();
  await ada.page.evaluate(() => (window.sameAsEver = true));
  await ada.page.getByText('The server does not answer').waitFor();
  await ada.page.getByRole('button', { name: 'Come in as somebody else' }).waitFor();
  await server.up();
  await ada.composer.waitFor({ timeout: 40_000 });
  await ada.say('**here** again');
  await ada.sees('here');
});

test('a newer page waits for a click, and keeps the draft', async () => {
  await ada.composer.fill('half a thought');
  await ada.page.evaluate(() => (window.old = true));
  await server.down();
  const page = join(folder, 'index.html');
  await writeFile(page, (await readFile(page, 'utf8')).replace('<body>', '<body data-newer="1">'));
  const worker = join(folder, 'sw.js');
  await writeFile(worker, (await readFile(worker, 'utf8')).replace(/parley-\w+/, 'parley-newer'));
  await server.up();
  const offer = ada.page.getByText('A new version of this page is here.');
  await offer.waitFor({ timeout: 40_000 });
  assert.equal(await ada.page.evaluate(() => window.old), true, 'it was reloaded without being asked');
  await ada.page.getByRole('button', { name: 'Reload' }).click();
  await ada.page.locator('body[data-newer]').waitFor();
  await ada.composer.waitFor();
  assert.equal(await ada.composer.inputValue(), 'half a thought');
  assert.equal(await ada.page.evaluate(() => window.old), undefined);
  assert.deepEqual(ada.faults, []);
});
