// SPDX-License-Identifier: Apache-2.0
// The main job: two people in two browsers, the bot, the world, and a plugin that comes and goes.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { onStage } from './support/stage.mjs';

let server, ada, neo;

onStage({}, async (stage) => {
  ({ server } = stage);
  ada = await stage.open();
  neo = await stage.open();
});

test('two people register', async () => {
  await ada.register('Ada', 'correct horse battery');
  await neo.register('Neo', 'correct horse staple');
});

test('they read each other, nothing twice', async () => {
  await ada.say('hello from Ada');
  await neo.sees('hello from Ada');
  await neo.say('and hello from Neo');
  await ada.sees('and hello from Neo');
  await ada.settled();
  assert.equal(await ada.count('hello from Ada'), 1);
  assert.equal(await neo.count('hello from Ada'), 1);
});

test('the bot answers, as a bot', async () => {
  await ada.say('Parley, hello');
  await ada.log.locator('article.bot .text').last().waitFor();
  await neo.log.locator('article.bot .text').last().waitFor();
});

test('dice roll', async () => {
  const rolled = await ada.run('/roll 2d6');
  const total = Number(await rolled.locator('.figure strong').textContent());
  assert.ok(total >= 2 && total <= 12, `2d6 gave ${total}`);
});

test('a step north shows the place and what happens there', async () => {
  const place = await neo.run('/look');
  await place.locator('.card.state').waitFor();
  const moved = await neo.run('/move north');
  await moved.locator('.card.state').waitFor();
  const side = await neo.openSide('Game');
  await side.getByRole('group', { name: 'Exits' }).waitFor();
});

test('an earthquake is a line in the stream of everybody', async () => {
  await neo.say('/castSpell 123');
  for (const person of [ada, neo]) await person.log.locator('.world-event').first().waitFor();
});

test('commands complete from what the server offers', async () => {
  await ada.composer.fill('/ro');
  await ada.page.getByRole('option', { name: /\/roll/ }).waitFor();
  await ada.composer.press('Tab');
  assert.equal(await ada.composer.inputValue(), '/roll ');
  await ada.composer.fill('');
});

test('people complete behind an @, and the one who is meant is told', async () => {
  await ada.composer.fill('thanks @ne');
  await ada.page.getByRole('option', { name: 'Neo' }).waitFor();
  await ada.composer.press('Enter');
  assert.equal(await ada.composer.inputValue(), 'thanks @Neo ');
  await ada.composer.press('Home');
  await ada.page.keyboard.type('@ne');
  await ada.composer.press('Tab');
  assert.equal(await ada.composer.inputValue(), '@Neo thanks @Neo ');
  await ada.page.keyboard.type('many ');
  assert.equal(await ada.composer.inputValue(), '@Neo many thanks @Neo ');
  await ada.composer.press('Enter');
  await neo.sees('@Neo many thanks @Neo');
  await ada.composer.fill('/msg n');
  await ada.page.getByRole('option', { name: 'Neo' }).waitFor();
  await ada.composer.fill('');
});

test('a plugin is unloaded and loaded again while they stay', async () => {
  await server.ctl('plugin', 'unload', 'dice');
  const refused = await ada.run('/roll 2d6');
  assert.match(await refused.locator('.refusal').textContent(), /roll/);
  await ada.composer.fill('/ro');
  await ada.page.getByRole('option', { name: /\/roll/ }).waitFor({ state: 'detached' });
  await ada.composer.fill('');

  await server.ctl('plugin', 'load', 'dice');
  await ada.composer.fill('/ro');
  await ada.page.getByRole('option', { name: /\/roll/ }).waitFor();
  await ada.composer.fill('');
  const rolled = await neo.run('/roll 2d6');
  await rolled.locator('.figure strong').waitFor();
});

test('a direct message reaches one person only', async () => {
  const side = await ada.openSide('People');
  await side.getByRole('button', { name: 'Message Neo' }).click();
  await ada.say('between us');
  const item = neo.page.getByRole('navigation').getByRole('button', { name: /^Ada/ });
  await item.waitFor();
  await item.click();
  await neo.sees('between us');
  await ada.page
    .getByRole('navigation')
    .getByRole('button', { name: /^global/ })
    .click();
  assert.equal(await ada.count('between us'), 0);
});

test('logging out and in again brings the same person and the history', async () => {
  await neo.logOut();
  await neo.logIn('Neo', 'correct horse staple');
  await neo.sees('hello from Ada');
});

test('no page was reloaded, nothing was refused by the policy', async () => {
  await ada.assertUndisturbed();
  await neo.assertUndisturbed();
});
