// SPDX-License-Identifier: Apache-2.0
// The console's page that tries a command: as somebody, as nobody in particular, and what comes of it.

import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { Admin, kPassword } from './support/admin.mjs';
import { Person, launch } from './support/browser.mjs';
import { kScripts } from './support/naughty.mjs';
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

const form = (of = admin) => of.page.locator('form.trial');
const outcome = (of = admin) => of.page.locator('.outcome');
const all = () => admin.page.getByRole('table', { name: 'All commands' }).locator('tbody tr');

async function tried(line, { as = '', channel = 'global' } = {}) {
  await form().getByLabel('Command line').fill(line);
  await form().getByLabel('Run as').fill(as);
  await form().getByLabel('In channel').fill(channel);
  await form().getByRole('button').click();
  // The answer before goes when another one is asked for.
  await outcome().getByText(line.trim(), { exact: true }).waitFor();
  return outcome().innerText();
}

test('the table says how a command is written, for whom it is and whose', async () => {
  await admin.go('try');
  const mute = all().filter({ hasText: '/mute' }).first();
  await mute.waitFor();
  assert.match(await mute.innerText(), /\/mute <user>[^]*moderator, admin[^]*moderation[^]*\d+\.\d+\.\d+/);
  await admin.page.getByRole('searchbox').fill('dice');
  await all().filter({ hasText: 'moderation' }).first().waitFor({ state: 'detached' });
  await all().filter({ hasText: '/roll' }).getByRole('button', { name: 'Choose roll' }).click();
  assert.equal(await form().getByLabel('Command line').inputValue(), '/roll ');
  const hints = admin.page.getByRole('region', { name: 'Arguments of /roll' });
  await hints.getByText('NdM, for example 2d6').waitFor();
  await hints.getByText('dice 1.').waitFor();
});

test('a command answers as it would the person, with who served it and the time it took', async () => {
  await admin.go('try');
  await form().getByLabel('Command line').fill('roll 3d6');
  await form().getByLabel('Run as').fill('Neo');
  await admin.page.getByText("parleyctl try '/roll 3d6' --as Neo --channel global", { exact: true }).waitFor();
  const text = await tried('/roll 3d6', { as: 'Neo' });
  assert.match(text, /Answered: diceRolled/);
  assert.match(text, /Neo · user/);
  assert.match(text, /\d (µs|ms)/);
  assert.match(text, /dice 1\.\d+\.\d+, generation \d+/);
  assert.match(text, /"rolls": \[/);
  assert.match(await server.ctl('audit', '--action', 'command.try'), /Keeper[^]*\/roll as Neo in global/);
});

test('what is refused says so, with its code', async () => {
  await admin.go('try');
  assert.match(await tried('/mute Neo 10m'), /Refused: forbidden[^]*for the roles moderator, admin[^]*Passer-by \w+ · guest/);
  assert.match(await tried('/roll lots', { as: 'Neo' }), /Refused: [\w.]+/);
  assert.match(await tried('/nosuchthing'), /Refused: unknown_action/);
  assert.match(await tried('/mute Neo 10m', { as: 'Keeper' }), /Answered/);
  assert.doesNotMatch(await server.ctl('sessions'), /Passer-by/);
});

test('nobody by that name, and a plugin that is away', async () => {
  await admin.go('try');
  await form().getByLabel('Command line').fill('/look');
  await form().getByLabel('Run as').fill('Nobody At All');
  await form().getByRole('button').click();
  await admin.page.getByRole('alert').getByText('There is nobody called Nobody At All').waitFor();
  await server.ctl('plugin', 'unload', 'game');
  assert.match(await tried('/look', { as: 'Neo' }), /Refused: unknown_action[^]*plugin game, which is not loaded/);
  await server.ctl('plugin', 'load', 'game');
});

test('in Russian, with the words of the server too', async () => {
  const other = await Admin.open(browser, server, { locale: 'ru-RU' });
  await other.logIn('Keeper');
  await other.nav.waitFor();
  await other.go('try/roll');
  await other.page.getByText('NdM, например 2d6').first().waitFor();
  await form(other).getByLabel('Строка команды').fill('/roll lots');
  await form(other).getByRole('button').click();
  await outcome(other).getByText(/^Отказ: /).waitFor();
  await outcome(other).getByText(/напишите в виде NdM/).first().waitFor();
  assert.deepEqual(other.person.faults, []);
  await other.person.close();
});

test('hostile lines stay lines', async () => {
  await admin.go('try');
  for (const text of kScripts.slice(0, 6)) await tried(`/me ${text}`, { as: 'Neo' });
  assert.equal(await admin.page.evaluate(() => window.hacked), undefined);
  assert.equal(await admin.page.locator('.content :is(img, iframe, script, style, base)').count(), 0);
  await admin.person.assertUndisturbed();
});
