// SPDX-License-Identifier: Apache-2.0
// The console in a browser: coming in and going, and every page doing what it says.

import assert from 'node:assert/strict';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { Admin, kPassword } from './support/admin.mjs';
import { Person, launch } from './support/browser.mjs';
import { kScripts } from './support/naughty.mjs';
import { Server } from './support/server.mjs';

/** Somebody's public key: nothing in this file is signed with it. */
const kTrusted = '11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo';

let server, browser, admin;

before(async () => {
  server = await Server.start({ 'plugins.upload': 'true', 'plugins.trusted_keys': `[${kTrusted}]` });
  browser = await launch();
  admin = await Admin.open(browser, server);
  await admin.becomeFirst(server, 'Keeper');
});

after(async () => {
  await admin?.person.close();
  await browser?.close();
  await server?.stop();
});

test('the door says what is wrong, lets in who is right, and shuts behind who goes', async () => {
  const other = await Admin.open(browser, server);
  await other.logIn('Keeper', 'not this one');
  await other.page.getByText('The name or the password is wrong.').waitFor();
  await other.logIn('Keeper');
  await other.nav.waitFor();
  await other.page.reload();
  await other.nav.waitFor();
  await other.page.getByRole('button', { name: 'Log out' }).click();
  await other.page.getByRole('button', { name: 'Log in' }).waitFor();
  await other.page.reload();
  await other.page.getByRole('button', { name: 'Log in' }).waitFor();
  assert.deepEqual(other.person.faults, []);
  await other.person.close();
});

test('who is no admin is told so', async () => {
  const person = await Person.open(browser, server.url);
  await person.register('Visitor', kPassword);
  await person.close();
  const other = await Admin.open(browser, server, { locale: 'ru-RU' });
  await other.logIn('Visitor');
  await other.page.getByText('Эта учётная запись не администратор').waitFor();
  await other.person.close();
});

test('the overview draws what happens', async () => {
  await admin.go('overview');
  await admin.page.getByText('8 of 8 active').waitFor();
  const line = admin.page.getByRole('img', { name: /^Connections: \d+ now/ }).locator('polyline');
  await line.waitFor();
  const first = await line.getAttribute('points');
  await admin.page.waitForFunction(
    (was) => document.querySelector('.chart polyline').getAttribute('points') !== was,
    first,
  );
});

test('a plugin is reloaded, unloaded and loaded, with its steps and the line for a shell', async () => {
  await admin.go('plugins');
  await admin.row('Rolls dice').getByRole('button', { name: 'Reload dice' }).click();
  await admin.dialog.getByText('parleyctl plugin reload dice').waitFor();
  assert.equal(await admin.confirm(), 'dice was reloaded.');
  const steps = admin.dialog.getByRole('list', { name: 'Steps' }).locator('li');
  assert.ok((await steps.count()) > 3, 'the steps are shown');
  assert.equal(await admin.dialog.locator('.steps .failed').count(), 0);
  await admin.closeWindow();
  await admin.row('Rolls dice').getByRole('button', { name: 'Roll back dice' }).waitFor();
  await admin.row('Rolls dice').getByRole('button', { name: 'Unload dice' }).click();
  assert.equal(await admin.confirm(), 'dice is unloaded.');
  await admin.closeWindow();
  await admin.page.getByRole('button', { name: 'Load a plugin', exact: true }).click();
  await admin.dialog.getByLabel("The plugin's id").fill('dice');
  await admin.dialog.getByText('parleyctl plugin load dice').waitFor();
  assert.equal(await admin.confirm(), 'dice serves.');
  await admin.closeWindow();
});

test('an operation that fails says at which step and why', async () => {
  await admin.go('plugins');
  await admin.page.getByRole('button', { name: 'Load a plugin', exact: true }).click();
  await admin.dialog.getByLabel("The plugin's id").fill('nonesuch');
  assert.match(await admin.confirm(), /nonesuch/);
  await admin.closeWindow();
});

test('quarantine is entered and left', async () => {
  await admin.go('plugins');
  await admin.row('Rolls dice').getByRole('button', { name: 'Quarantine dice' }).click();
  await admin.confirm();
  await admin.closeWindow();
  await admin.row('Rolls dice').getByText('in quarantine').waitFor();
  await admin.row('Rolls dice').getByRole('button', { name: 'Release dice' }).click();
  await admin.confirm();
  await admin.closeWindow();
  await admin.row('Rolls dice').getByText('active').waitFor();
});

test('a configuration is changed in a form, refused with a reason, and taken back', async () => {
  await admin.go('plugins/game');
  const field = admin.page.getByLabel('hp', { exact: true });
  const before = await field.inputValue();
  await field.fill('many');
  await admin.page.getByText('This must be a number.').waitFor();
  await field.fill('-5');
  await admin.page.getByText('parleyctl plugin config game --set hp=-5').waitFor();
  await admin.page.getByRole('button', { name: 'Save 1' }).click();
  await admin.page.locator('.config-form .problems').getByText('must be at least').waitFor();
  await field.fill('77');
  await admin.page.getByRole('button', { name: 'Save 1' }).click();
  await admin.page.getByText('(overlay)').waitFor();
  assert.match(await server.ctl('plugin', 'config', 'game'), /hp\s+77/);
  await admin.page.getByRole('button', { name: 'Take back hp' }).click();
  await admin.page.getByText('(overlay)').waitFor({ state: 'detached' });
  assert.equal(await field.inputValue(), before);
});

test('a plugin that goes while its form is open takes nothing along that was typed', async () => {
  await admin.go('plugins/game');
  const field = admin.page.getByLabel('hp', { exact: true });
  await field.fill('55');
  await server.ctl('plugin', 'unload', 'game');
  await admin.page.getByText('game was removed meanwhile.').waitFor();
  await admin.page.getByRole('button', { name: 'Save 1' }).click();
  await admin.page.locator('.config-form .notice.danger').getByText('not loaded').waitFor();
  await admin.page.getByRole('button', { name: 'Load', exact: true }).click();
  assert.equal(await admin.confirm(), 'game serves.');
  await admin.closeWindow();
  assert.equal(await field.inputValue(), '55');
  await admin.page.getByRole('button', { name: 'Save 1' }).click();
  await admin.page.getByText('The plugin took the change.').waitFor();
  assert.match(await server.ctl('plugin', 'config', 'game'), /hp\s+55/);
});

test('a file that is no plugin is refused after the password was asked for', async () => {
  const file = join(server.state, 'no-plugin.so');
  await writeFile(file, 'this is no plugin '.repeat(10_000));
  await admin.go('plugins');
  await admin.page.getByRole('button', { name: 'Upload a plugin' }).click();
  await admin.dialog.getByLabel("The plugin's id").fill('nothing');
  await admin.dialog.getByLabel('File', { exact: true }).setInputFiles(file);
  await admin.dialog.getByLabel('Signature').fill('none');
  await admin.dialog.locator('button[type=submit]').click();
  await admin.dialog.getByLabel('Your password, once more').fill('wrong');
  await admin.dialog.locator('button[type=submit]').click();
  await admin.dialog.getByText('The password is wrong.').waitFor();
  await admin.dialog.getByLabel('Your password, once more').fill(kPassword);
  await admin.dialog.locator('button[type=submit]').click();
  await admin.dialog.locator('.notice.danger').waitFor();
  assert.match(await admin.dialog.locator('.notice.danger').innerText(), /sign|key/i);
  await admin.closeWindow();
});

test('somebody is kicked, and told why', async () => {
  const person = await Person.open(browser, server.url);
  await person.comeIn('Noisy');
  await admin.go('sessions');
  await admin.row('Noisy').getByRole('button', { name: 'Kick Noisy' }).click();
  await admin.dialog.getByLabel('Reason').fill('Enough for today.');
  await admin.confirm();
  await admin.closeWindow();
  await person.page.getByText('An admin ended your connection: Enough for today.').waitFor();
  assert.match(await server.ctl('audit', '--action', 'session.kick'), /Enough for today\./);
  await person.close();
});

test('roles, passwords and invitations', async () => {
  await admin.go('people');
  await admin.row('Visitor').getByRole('button', { name: 'Roles Visitor' }).click();
  await admin.dialog.getByLabel('moderator').check();
  await admin.dialog.getByText('parleyctl user role set Visitor user moderator').waitFor();
  assert.match(await admin.confirm(), /Visitor has the roles: .*moderator/);
  await admin.closeWindow();
  await admin.row('Visitor').getByText('moderator').waitFor();
  await admin.row('Visitor').getByRole('button', { name: 'Disable Visitor' }).click();
  await admin.confirm();
  await admin.closeWindow();
  await admin.row('Visitor').getByText('disabled').waitFor();
  await admin.page.getByRole('button', { name: 'Invite somebody' }).click();
  await admin.dialog.getByLabel('Note').fill(kScripts.slice(0, 4).join(' '));
  await admin.confirm();
  assert.match(await admin.dialog.locator('.secret code').innerText(), /^\w{22}$/);
  await admin.closeWindow();
  await admin.row('window.hacked').waitFor();
  assert.equal(await admin.page.evaluate(() => window.hacked), undefined, 'a script ran');
  assert.equal(await admin.page.locator('#app :is(script, img, iframe, base, math)').count(), 0, 'markup was made');
});

test('the audit and the log are searched', async () => {
  await admin.go('audit');
  await admin.page.getByLabel('Action').fill('account.roles');
  await admin.page.getByRole('button', { name: 'Search' }).click();
  await admin.row('Visitor').filter({ hasText: 'Keeper' }).first().waitFor();
  await admin.page.getByText('parleyctl audit --limit 50 --action account.roles').waitFor();
  await admin.go('log');
  await admin.page.getByLabel('Text').fill('dice');
  await admin.page.getByLabel('Component').fill('plugin');
  await admin.page.getByRole('button', { name: 'Search' }).click();
  await admin.page.locator('.log-line').filter({ hasText: 'dice' }).first().waitFor();
  await admin.page.waitForFunction(() =>
    [...document.querySelectorAll('.log-line')].every((line) => /dice/i.test(line.textContent)),
  );
  await admin.page.getByRole('button', { name: 'Set a level' }).click();
  await admin.dialog.getByLabel('Component').selectOption('net');
  await admin.dialog.getByLabel('Level').selectOption('debug');
  assert.equal(await admin.confirm(), 'net logs from debug on.');
  await admin.closeWindow();
  assert.match(await server.ctl('log', 'levels'), /net\s+debug/);
});

test('the configuration shows where each value comes from', async () => {
  await admin.go('config');
  await admin.page.getByLabel('Filter').fill('plugins.upload');
  await admin.row('plugins.upload').filter({ hasText: 'flag' }).waitFor();
  await admin.page.getByRole('button', { name: 'Read again' }).click();
  assert.equal(await admin.confirm(), 'Nothing has changed');
  await admin.closeWindow();
});

test('a key is made, used and revoked', async () => {
  await admin.go('keys');
  await admin.page.getByRole('button', { name: 'Make a key' }).click();
  await admin.dialog.getByLabel('Name').fill('robot');
  await admin.dialog.getByText('parleyctl admin-key make robot --scope read --for 90d').waitFor();
  await admin.dialog.locator('button[type=submit]').click();
  const again = admin.dialog.getByLabel('Your password, once more');
  await again.or(admin.dialog.locator('.secret')).waitFor();
  if (await again.isVisible()) {
    await again.fill(kPassword);
    await admin.dialog.locator('button[type=submit]').click();
  }
  const key = await admin.dialog.locator('.secret code').innerText();
  const asked = () => fetch(`${server.operator}admin/v1/status`, { headers: { Authorization: `Bearer ${key}` } });
  assert.equal((await asked()).status, 200);
  await admin.closeWindow();
  await admin.row('robot').getByRole('button', { name: 'Revoke robot' }).click();
  await admin.confirm();
  await admin.closeWindow();
  assert.equal((await asked()).status, 401);
});

test('nothing of it disturbed the page', async () => {
  await admin.go('overview');
  await admin.person.assertUndisturbed();
});

test('a login that ends elsewhere is noticed, and so is a server that is away', async () => {
  await server.ctl('user', 'role', 'set', 'Visitor', 'user', 'admin');
  await server.ctl('user', 'enable', 'Visitor');
  const other = await Admin.open(browser, server);
  await other.logIn('Visitor');
  await other.nav.waitFor();
  await other.go('sessions');
  await server.ctl('user', 'role', 'remove', 'Visitor', 'admin');
  await other.page.getByText('Your login has ended.').waitFor();
  await other.person.close();
  await admin.go('sessions');
  await server.kill();
  await admin.page.getByText('The server does not answer. Is it running?').waitFor();
});
