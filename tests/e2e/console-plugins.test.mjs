// SPDX-License-Identifier: Apache-2.0
// The console, on a plugin's page: versions that are kept, pinned and revoked, and a canary.

import assert from 'node:assert/strict';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { Admin } from './support/admin.mjs';
import { launch } from './support/browser.mjs';
import { Server, parleyctl, pluginFile } from './support/server.mjs';

let server, browser, admin, work;

/** Dice with another number in it, signed: the version a build of tomorrow would have. */
async function nextDice(version) {
  const bytes = await readFile(pluginFile('dice'));
  const at = bytes.indexOf('1.0.0\0');
  assert.ok(at > 0, 'dice says its version');
  bytes.write(version, at, 'latin1');
  const file = join(work, `dice-${version}.so`);
  await writeFile(file, bytes);
  await parleyctl('plugin', 'sign', file, '--key', join(work, 'key'));
  return file;
}

before(async () => {
  work = await mkdtemp(join(tmpdir(), 'parley-signed-'));
  const { publicKey } = JSON.parse(await parleyctl('key', 'make', join(work, 'key'), '-o', 'json'));
  server = await Server.start({ 'plugins.upload': 'true', 'plugins.trusted_keys': `[${publicKey}]` });
  browser = await launch();
  admin = await Admin.open(browser, server);
  await admin.becomeFirst(server, 'Keeper');
  await server.ctl('user', 'create', 'Robin Hood');
  for (const version of ['1.1.0', '1.2.0']) await server.ctl('plugin', 'upload', await nextDice(version));
});

after(async () => {
  await admin?.person.close();
  await browser?.close();
  await server?.stop();
  if (work) await rm(work, { recursive: true, force: true });
});

const versions = () => admin.page.getByRole('table', { name: 'Uploaded versions' });
const kept = (version) => versions().locator('tbody tr').filter({ hasText: version });
const tool = (version, name) => kept(version).getByRole('button', { name: `${name} ${version}` }).click();
const says = (line) => admin.dialog.getByText(line, { exact: true }).waitFor();

test('a version is pinned, serves, and is let go', async () => {
  await admin.go('plugins/dice');
  await kept('1.1.0').getByText('kept').waitFor();
  await tool('1.1.0', 'Pin');
  await says('parleyctl plugin pin dice 1.1.0');
  assert.match(await admin.confirm(), /older than 1\.2\.0/, 'a newer one is here');
  await admin.dialog.getByLabel('Even if a newer version is here').check();
  await says('parleyctl plugin pin dice 1.1.0 --allow-downgrade');
  assert.equal(await admin.confirm(), 'dice is pinned to 1.1.0. A reload lets it serve.');
  await admin.closeWindow();
  await kept('1.1.0').getByText('pinned').waitFor();
  await tool('1.1.0', 'Reload');
  assert.equal(await admin.confirm(), 'dice was reloaded.');
  await admin.closeWindow();
  await kept('1.1.0').getByText('serving').waitFor();
  assert.match(await server.ctl('plugin', 'info', 'dice'), /version\s+1\.1\.0/);
  await tool('1.1.0', 'Unpin');
  await says('parleyctl plugin unpin dice');
  assert.equal(await admin.confirm(), 'dice comes from the folder of plugins again.');
  await admin.closeWindow();
  await kept('1.1.0').getByText('pinned').waitFor({ state: 'detached' });
});

test('a canary serves a share of the sessions, and is promoted', async () => {
  await admin.go('plugins/dice');
  await admin.page.getByRole('button', { name: 'Begin a canary' }).click();
  await says('parleyctl plugin canary dice 10');
  await admin.field('Per cent').fill('30');
  await admin.field('Which version').selectOption({ label: 'Kept: 1.2.0' });
  await admin.dialog.getByText(/^parleyctl plugin canary dice 30 --from \S+\/1\.2\.0-\w+\.so$/).waitFor();
  assert.equal(await admin.confirm(), 'The canary of dice serves.');
  assert.ok((await admin.dialog.locator('.steps li').count()) > 3, 'the steps are shown');
  await admin.closeWindow();
  await admin.page.getByText('1.2.0 serves 30 % of the sessions, 1.1.0 the others.').waitFor();
  const reload = admin.page.locator('.page-title').getByRole('button', { name: 'Reload' });
  assert.equal(await reload.count(), 0, 'a reload waits');
  await admin.go('plugins');
  await admin.row('Rolls dice').getByText('beside it: 1.2.0').waitFor();
  await admin.row('Rolls dice').getByRole('button', { name: 'Promote dice' }).click();
  await says('parleyctl plugin promote dice');
  assert.equal(await admin.confirm(), 'The new version of dice serves everybody.');
  await admin.closeWindow();
  await admin.row('Rolls dice').getByText('1.2.0').waitFor();
});

test('a canary for certain people is ended', async () => {
  await admin.go('plugins/dice');
  await admin.page.getByRole('button', { name: 'Begin a canary' }).click();
  await admin.field('Whom it serves').selectOption({ label: 'Certain people' });
  await admin.field('People').fill('Keeper, Robin Hood');
  await admin.field('Which version').selectOption({ label: 'Another file' });
  await admin.field("File on the server's machine").fill(pluginFile('dice'));
  await says(`parleyctl plugin canary dice user Keeper 'Robin Hood' --from ${pluginFile('dice')}`);
  assert.equal(await admin.confirm(), 'The canary of dice serves.');
  await admin.closeWindow();
  await admin.page.getByText('1.0.0 serves Keeper, Robin Hood; 1.2.0 everybody else.').waitFor();
  await admin.page.getByRole('button', { name: 'End the canary' }).click();
  await says('parleyctl plugin rollback dice');
  assert.equal(await admin.confirm(), 'The old version of dice serves everybody again.');
  await admin.closeWindow();
  await admin.page.getByRole('button', { name: 'Begin a canary' }).waitFor();
});

test('a plugin that keeps state takes no canary, and a Russian reader is told so', async () => {
  const other = await Admin.open(browser, server, { locale: 'ru-RU' });
  await other.logIn('Keeper');
  await other.nav.waitFor();
  await other.go('plugins/game');
  await other.page.getByRole('button', { name: 'Начать пробу' }).click();
  const outcome = await other.confirm();
  assert.match(outcome, /^Это не сочетается с тем, что есть сейчас\./);
  assert.match(outcome, /keeps state/, 'and in the words of the server, why');
  await other.closeWindow();
  assert.deepEqual(other.person.faults, []);
  await other.person.close();
});

test('what is revoked is never loaded again', async () => {
  await admin.go('plugins/dice');
  const { signedBy, file } = JSON.parse(await server.ctl('plugin', 'versions', 'dice', '-o', 'json')).versions.find(
    ({ version }) => version === '1.1.0',
  );
  await tool('1.1.0', 'Revoke');
  await admin.field('Reason').fill('It cheats.');
  await admin.field('What to revoke').selectOption({ label: `Everything signed with key ${signedBy}` });
  await says(`parleyctl plugin revoke ${signedBy} --reason 'It cheats.'`);
  await admin.field('What to revoke').selectOption({ label: 'This file alone' });
  await says("parleyctl plugin revoke dice 1.1.0 --reason 'It cheats.'");
  assert.equal(await admin.confirm(), 'Revoked. What is loaded stays until it is replaced or unloaded.');
  await admin.closeWindow();
  await kept('1.1.0').getByText('this file: It cheats.').waitFor();
  assert.equal(await kept('1.1.0').getByRole('button').count(), 0, 'nothing is left to do with it');
  await admin.page.locator('.page-title').getByRole('button', { name: 'Reload' }).click();
  await admin.field("File on the server's machine").fill(file);
  assert.match(await admin.confirm(), /It cheats\./);
  await admin.closeWindow();
  await admin.go('plugins');
  await admin.row('It cheats.').waitFor();
});

test('a file that is not kept is revoked by its sum', async () => {
  await admin.go('plugins');
  await admin.page.getByRole('button', { name: 'Revoke a file or a key' }).click();
  await admin.field('What to revoke').fill('no sum');
  assert.match(await admin.confirm(), /neither the 64 hex digits/);
  await admin.field('What to revoke').fill('ab'.repeat(32));
  await says(`parleyctl plugin revoke ${'ab'.repeat(32)}`);
  await admin.confirm();
  await admin.closeWindow();
  await admin.row('ab'.repeat(32)).waitFor();
  await admin.person.assertUndisturbed();
});
