// SPDX-License-Identifier: Apache-2.0
// What a newcomer meets: the welcome, the help, the list of channels, refusals in their language.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { kPhone } from './support/browser.mjs';
import { onStage } from './support/stage.mjs';

let ada, kit;

onStage({}, async (stage) => {
  ada = await stage.open();
  await ada.comeIn('Ada');
  kit = await stage.open({ viewport: kPhone, locale: 'ru-RU' });
  await kit.page.locator('#guest-name').fill('Кит');
  await kit.page.locator('button[type=submit]').click();
  await kit.composer.waitFor();
});

test('the first visit says what this is, until something was tried', async () => {
  const welcome = ada.page.getByRole('region', { name: 'Welcome to Parley' });
  await welcome.getByRole('button', { name: '/roll 2d6' }).click();
  await ada.commands.first().locator('.figure strong').waitFor();
  await welcome.waitFor({ state: 'detached' });
});

test('help goes by plugin and puts a command into the composer', async () => {
  const help = await ada.run('/help');
  await help.getByText('Game', { exact: true }).click();
  await help.getByRole('button', { name: '/cast ' }).click();
  assert.equal(await ada.composer.inputValue(), '/cast ');
  await ada.composer.fill('');
  const one = await ada.run('/help roll');
  await one.getByRole('heading', { name: '/roll' }).waitFor();
});

test('channels are there to choose from', async () => {
  await ada.say('/join tea');
  await ada.page.getByRole('heading', { name: 'tea' }).waitFor();
  await kit.page.getByRole('button', { name: 'Каналы' }).click();
  await kit.page.getByRole('button', { name: 'Войти в канал' }).click();
  await kit.page.getByRole('dialog').getByRole('button', { name: /^tea 1 человек/ }).click();
  await kit.page.getByRole('heading', { name: 'tea' }).waitFor();
});

test('refusals and answers are in the reader’s language', async () => {
  for (const [line, said] of [
    ['/attack', /«target».*существо или человек/],
    ['/move sideways', /«direction».*одним из: north, south/],
    ['/nosuch', /Команды nosuch нет/],
    ['/join AB!', /«channel».*имя канала/],
  ]) {
    const refused = await kit.run(line);
    assert.match(await refused.locator('.refusal').textContent(), said);
  }
  const who = await kit.run('/whoami');
  for (const text of ['Кит', 'гость', 'Сеанс']) await who.getByText(text).first().waitFor();
});

test('a hundred dice fit a phone', async () => {
  const rolled = await kit.run('/roll 100d6');
  const box = await rolled.locator('.figure strong').boundingBox();
  assert.ok(box.height < 50, `the total is ${box.height} px high: it wraps`);
  await rolled.getByText('и ещё 76').click();
  assert.equal(await rolled.locator('.rolls i').count(), 100);
  const wide = await kit.page.evaluate(() => document.documentElement.scrollWidth - innerWidth);
  assert.ok(wide <= 0, `${wide} px too wide`);
});

test('a first direct message is marked, and its sender sees a name', async () => {
  await kit.run('/msg Ada привет');
  await ada.page.getByRole('navigation').getByRole('button', { name: /^Кит.*1 unread message/ }).waitFor();
  await kit.page.getByRole('button', { name: 'Каналы' }).click();
  await kit.page.getByRole('navigation').getByRole('button', { name: 'Ada', exact: true }).waitFor();
  assert.match(await ada.page.title(), /^\(1\)/);
});

test('a fight moves the bars beside the conversation', async () => {
  await ada.run('/look');
  await ada.run('/cast 123');
  const side = await ada.openSide('Game');
  await side.getByText('40 / 50').waitFor();
  await ada.log.locator('.world-event').first().waitFor();
  assert.equal(await ada.log.locator('.world-event').count(), 1);
});

test('nothing was refused by the policy, no page was reloaded', async () => {
  await ada.assertUndisturbed();
  await kit.assertUndisturbed();
});
