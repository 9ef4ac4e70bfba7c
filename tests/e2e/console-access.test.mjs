// SPDX-License-Identifier: Apache-2.0
// The console's page of access rules: in their order, with what they mean for somebody.

import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { Admin, kPassword } from './support/admin.mjs';
import { Person, launch } from './support/browser.mjs';
import { Server } from './support/server.mjs';

let server, browser, admin;

before(async () => {
  server = await Server.start();
  browser = await launch();
  admin = await Admin.open(browser, server);
  await admin.becomeFirst(server, 'Keeper');
  const person = await Person.open(browser, server.url);
  await person.register('Neo', kPassword);
  await person.close();
});

after(async () => {
  await admin?.person.close();
  await browser?.close();
  await server?.stop();
});

const says = (line) => admin.dialog.getByText(line, { exact: true }).waitFor();
const table = (name) => admin.page.getByRole('table', { name, exact: true }).locator('tbody tr');
const rule = (place) => table('Rules').nth(place - 1);
const press = (name) => admin.page.getByRole('button', { name, exact: true }).click();

async function explained(user, command, channel = 'global') {
  const form = admin.page.getByRole('search');
  // What was answered before goes with the first letter.
  await form.getByLabel('Person').fill('');
  await admin.page.locator('.verdict').waitFor({ state: 'detached' });
  await form.getByLabel('Person').fill(user);
  await form.getByLabel('Command').fill(command);
  await form.getByLabel('Channel').fill(channel);
  await form.getByRole('button').click();
  return admin.page.locator('.verdict').innerText();
}

test('without rules the roles of a command decide', async () => {
  await admin.go('access');
  await admin.page.getByText('There are no rules').waitFor();
  assert.match(await explained('Neo', '/roll'), /Neo may call \/roll\s+No rule is about this, and the command is for everybody\./);
  assert.match(await explained('Neo', 'mute'), /Neo may not call \/mute[^]*for the roles: .*moderator/);
});

test('rules are added, in their order, and the first that matches decides', async () => {
  await admin.go('access');
  await press('Add a rule');
  await admin.field('Command').fill('roll');
  await admin.field('Note').fill('no dice');
  await says("parleyctl acl deny everyone roll --note 'no dice'");
  assert.equal(await admin.confirm(), 'The rule is in force.');
  await admin.closeWindow();
  await rule(1).getByText('no dice').waitFor();
  assert.match(await explained('Neo', 'roll'), /may not call \/roll\s+Rule 1 decides: deny: everyone, \/roll, anywhere\./);

  await press('Add a rule');
  await admin.field('Says').selectOption({ label: 'allow' });
  await admin.field('Who').selectOption({ label: 'A person' });
  await admin.field('A person').fill('Neo');
  await admin.field('Calls').selectOption({ label: 'Every command of a plugin' });
  await admin.field("The plugin's id").fill('dice');
  await admin.field('Channel').fill('global');
  await says('parleyctl acl allow user:Neo plugin:dice --channel global');
  await admin.confirm();
  await admin.closeWindow();
  await rule(2).getByText('every command of dice').waitFor();
  assert.match(await rule(2).innerText(), /allow\s+Neo/, 'by name, though the rule keeps the id');

  await press('Move rule 2');
  await says('parleyctl acl move 2 1');
  assert.equal(await admin.confirm(), 'It is rule 1 now.');
  await admin.closeWindow();
  await rule(1).getByText('every command of dice').waitFor();
  assert.match(await explained('Neo', 'roll'), /Neo may call \/roll\s+Rule 1 decides/);
  assert.match(await server.ctl('acl', 'explain', 'Neo', 'roll', '--channel', 'global'), /may call/);
});

test('a rule that is put in front says so', async () => {
  await admin.go('access');
  await press('Add a rule');
  await admin.field('Who').selectOption({ label: 'A role' });
  await admin.field('A role').selectOption('moderator');
  await admin.field('Calls').selectOption({ label: 'every command' });
  await admin.field('Place').selectOption('1');
  await says("parleyctl acl deny role:moderator '*' --at 1");
  await admin.confirm();
  await admin.closeWindow();
  await rule(1).getByText('role moderator').waitFor();
});

test('a rule is removed, but not another one that came into its place', async () => {
  await admin.go('access');
  await rule(1).getByText('role moderator').waitFor();
  await press('Remove rule 1');
  await says('parleyctl acl remove 1');
  await server.ctl('acl', 'move', '1', '3');
  assert.match(await admin.confirm(), /changed the rules meanwhile/);
  await admin.closeWindow();
  await rule(3).getByText('role moderator').waitFor();
  await press('Remove rule 3');
  assert.equal(await admin.confirm(), 'The rule is gone.');
  await admin.closeWindow();
  await rule(3).waitFor({ state: 'detached' });
  assert.doesNotMatch(await server.ctl('acl', 'list'), /moderator/);
});

test('a command gets another name and a wait, and loses them', async () => {
  await admin.go('access');
  await press('Add a name');
  await admin.field('Other name').fill('/throw');
  await admin.field('Command').fill('roll');
  await says('parleyctl acl alias throw roll');
  assert.equal(await admin.confirm(), '/throw does what /roll does.');
  await admin.closeWindow();
  await table('Other names').filter({ hasText: '/throw' }).waitFor();
  await press('Remove throw');
  await says('parleyctl acl alias throw --remove');
  await admin.confirm();
  await admin.closeWindow();
  await admin.page.getByText('No command has another name.').waitFor();

  await press('Set a wait');
  await admin.field('Command').fill('roll');
  assert.match(await admin.confirm(), /at least one/);
  await admin.field('By one person').fill('5000');
  await says('parleyctl acl cooldown roll --user 5000');
  await admin.confirm();
  await admin.closeWindow();
  await table('Waits').filter({ hasText: '5 s' }).waitFor();
  await press('Change roll');
  await admin.field('In one channel').fill('250');
  await says('parleyctl acl cooldown roll --user 5000 --channel 250');
  await admin.confirm();
  await admin.closeWindow();
  await table('Waits').filter({ hasText: '250 ms' }).waitFor();
  await press('Remove roll');
  await says('parleyctl acl cooldown roll --remove');
  await admin.confirm();
  await admin.closeWindow();
  await admin.page.getByText('Each command has the wait that its plugin says.').waitFor();
});

test('nobody by that name: said in the language of the page', async () => {
  const other = await Admin.open(browser, server, { locale: 'ru-RU' });
  await other.logIn('Keeper');
  await other.nav.waitFor();
  await other.go('access');
  const form = other.page.getByRole('search');
  await form.getByLabel('Человек').fill('Nobody At All');
  await form.getByLabel('Команда').fill('roll');
  await form.getByRole('button').click();
  const refused = other.page.getByRole('alert');
  await refused.getByText('Такого здесь нет.').waitFor();
  await refused.getByText('There is nobody called Nobody At All').waitFor();
  assert.deepEqual(other.person.faults, []);
  await other.person.close();
  await admin.person.assertUndisturbed();
});
