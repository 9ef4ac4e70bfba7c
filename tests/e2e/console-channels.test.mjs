// SPDX-License-Identifier: Apache-2.0
// The console's page of channels: who is there, what was said, a topic, a word of the server's.

import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { Admin } from './support/admin.mjs';
import { Person, launch } from './support/browser.mjs';
import { kScripts } from './support/naughty.mjs';
import { Server } from './support/server.mjs';

let server, browser, admin, neo;

before(async () => {
  server = await Server.start({ 'limits.rate': 0 });
  browser = await launch();
  admin = await Admin.open(browser, server);
  await admin.becomeFirst(server, 'Keeper');
  neo = await Person.open(browser, server.url);
  await neo.comeIn('Neo');
});

after(async () => {
  await neo?.close();
  await admin?.person.close();
  await browser?.close();
  await server?.stop();
});

const says = (line) => admin.dialog.getByText(line, { exact: true }).waitFor();
const press = (name) => admin.page.getByRole('button', { name, exact: true }).click();
const messages = () => admin.page.getByRole('table', { name: 'Messages' }).locator('tbody tr');

test('channels stand in a list; those of people are counted', async () => {
  const ann = await Person.open(browser, server.url);
  await ann.comeIn('Ann');
  await ann.run('/msg Neo just between us');
  await admin.go('channels');
  await admin.row('global').waitFor();
  await admin.page.getByText(/people are here in \d+ channels of their own/).waitFor();
  assert.doesNotMatch(await admin.page.locator('.grid').innerText(), /dm:|@|between us/);
  await admin.page.getByRole('searchbox').fill('no such place');
  await admin.page.getByText('Nothing fits.').waitFor();
  await admin.page.getByRole('searchbox').fill('');
  await ann.close();
});

test('a channel shows who is there and what is said, as it is said', async () => {
  await admin.go('channels');
  await admin.row('global').getByRole('link').click();
  await admin.page.getByRole('heading', { name: 'global' }).waitFor();
  await admin.page.getByRole('table', { name: 'Here now' }).getByText('Neo').waitFor();
  await admin.page.getByText('parleyctl channel info global', { exact: true }).waitFor();
  await neo.say('the gate is open');
  await messages().filter({ hasText: 'the gate is open' }).waitFor();
  assert.match(await messages().first().innerText(), /Neo\s+the gate is open/);
});

test('the topic is changed, and everybody there sees it', async () => {
  await admin.go('channels/global');
  await press('Change the topic');
  await admin.field('Topic').fill("The gate & what's behind");
  await says(`parleyctl channel topic global 'The gate & what'\\''s behind'`);
  assert.equal(await admin.confirm(), 'The topic is changed.');
  await admin.closeWindow();
  await neo.page.locator('.header').getByText("The gate & what's behind").waitFor();
  await admin.page.locator('.facts').getByText("The gate & what's behind").waitFor();
  await press('Change the topic');
  await admin.field('Topic').fill('');
  await says('parleyctl channel topic global --remove');
  await admin.confirm();
  await admin.closeWindow();
  await admin.page.locator('.facts').getByText('no topic').waitFor();
});

test('the server says something, and takes a message away once that is confirmed', async () => {
  await admin.go('channels/global');
  await press('Say something');
  await admin.field('Text').fill('Back in five minutes.');
  await says("parleyctl say global 'Back in five minutes.'");
  assert.match(await admin.confirm(), /^Said, at offset/);
  await admin.closeWindow();
  await neo.sees('Back in five minutes.');
  await neo.say('something rude');
  const rude = messages().filter({ hasText: 'something rude' });
  await rude.getByRole('button').click();
  await admin.dialog.getByText('“something rude” by Neo disappears for everybody').waitFor();
  await admin.closeWindow();
  assert.equal(await neo.count('something rude'), 1, 'nothing was done');
  await rude.getByRole('button').click();
  assert.equal(await admin.confirm(), 'The message is gone.');
  await admin.closeWindow();
  await messages().filter({ hasText: 'taken away' }).waitFor();
  await neo.log.getByText('something rude', { exact: true }).waitFor({ state: 'detached' });
  assert.match(await server.ctl('audit', '--action', 'message.delete'), /Keeper/);
});

test('older ones are a page away', async () => {
  for (let i = 1; i <= 35; i += 1) await server.ctl('say', 'global', `line ${i}.`);
  await admin.go('channels/global');
  await messages().filter({ hasText: 'line 35.' }).waitFor();
  await press('Older ones');
  await messages().filter({ hasText: 'line 1.' }).waitFor();
  assert.equal(await messages().filter({ hasText: 'line 35.' }).count(), 0);
  await press('The last messages');
  await messages().filter({ hasText: 'line 35.' }).waitFor();
});

test('hostile texts stay texts', async () => {
  for (const text of kScripts) await server.ctl('say', 'global', text);
  await server.ctl('channel', 'topic', 'global', kScripts[2]);
  await admin.go('channels/global');
  await messages().filter({ hasText: kScripts.at(-1) }).waitFor();
  await admin.page.locator('.facts').getByText(kScripts[2]).waitFor();
  await admin.go('channels');
  await admin.row('global').getByText(kScripts[2]).waitFor();
  assert.equal(await admin.page.evaluate(() => window.hacked), undefined);
  assert.equal(await admin.page.locator('.content :is(img, iframe, script, style, base)').count(), 0);
});

test('a channel that is not there: said in the language of the page', async () => {
  const other = await Admin.open(browser, server, { locale: 'ru-RU' });
  await other.logIn('Keeper');
  await other.nav.waitFor();
  await other.go('channels/golbal');
  await other.page.getByText('Такого здесь нет.').waitFor();
  await other.page.getByText('there is no channel golbal').waitFor();
  assert.deepEqual(other.person.faults, []);
  await other.person.close();
  await admin.person.assertUndisturbed();
});
