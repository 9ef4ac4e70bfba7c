// SPDX-License-Identifier: Apache-2.0
// What comes up on a first evening: words with marks, a forgotten slash, old cards, one clock, a finger's
// width, and being shown out.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { kPhone } from './support/browser.mjs';
import { assertInert } from './support/inert.mjs';
import { onStage } from './support/stage.mjs';

let stage, server, ada;

onStage({ 'limits.rate': 0 }, async (all) => {
  stage = all;
  ({ server } = stage);
  ada = await stage.open();
  await ada.register('Ada', 'correct horse battery');
});

test('three marks in what people type are drawn, and nothing else is', async () => {
  await ada.say('run `rm *.tmp` **right now**, not __init__ or 2*3*4 <b>x</b>');
  const text = ada.log.locator('article.sent .text').filter({ hasText: 'right now' });
  await text.getByText('rm *.tmp', { exact: true }).and(ada.page.locator('code')).waitFor();
  assert.equal(await text.locator('strong').textContent(), 'right now');
  assert.equal(
    await text.textContent(),
    'run rm *.tmp right now, not __init__ or 2*3*4 <b>x</b>',
  );
  await assertInert(ada);
});

test('a line that reads like a command is offered as one, and may be said all the same', async () => {
  await ada.run('/look');
  await ada.composer.fill('move north');
  const offer = ada.page.getByRole('button', { name: 'Run /move north as a command' });
  await offer.waitFor();
  const before = await ada.commands.count();
  await offer.click();
  await ada.commands.nth(before).locator('.card.state').waitFor();
  assert.equal(await ada.composer.inputValue(), '');
  await ada.composer.fill('move on, please');
  await offer.waitFor({ state: 'detached' });
  await ada.say('look');
  await ada.log.locator('article.sent .text').getByText('look', { exact: true }).waitFor();
});

test('only from where the player is the exits lead anywhere', async () => {
  const cards = ada.log.locator('.card.state');
  assert.equal(await cards.count(), 2);
  await cards.first().getByText(/^Exits: /).waitFor();
  assert.equal(await cards.first().getByRole('button').count(), 0);
  assert.ok((await cards.last().getByRole('button').count()) > 0);
});

test('what one asks about oneself is a card for people', async () => {
  const sessions = await ada.run('/sessions');
  await sessions.getByText('here', { exact: true }).waitFor();
  assert.equal(await sessions.getByText(/s_[A-Za-z0-9]/).count(), 0);
  const data = await ada.run('/mydata export');
  await data.getByText('What is kept about you').waitFor();
  await data.getByText('Messages', { exact: true }).waitFor();
  await data.getByRole('button', { name: 'Your account' }).click();
  await ada.page.getByRole('dialog', { name: 'Your account' }).waitFor();
  await ada.page.keyboard.press('Escape');
});

test('one clock, beside names and beside what stands under them', async () => {
  await ada.say('and one more');
  await ada.say('under the same name');
  await ada.sees('under the same name');
  const shown = await ada.log.locator('time').allTextContents();
  for (const time of shown) assert.match(time, /^\d{1,2}:\d\d\s[AP]M$/);
  const british = await stage.open({ locale: 'en-GB' });
  await british.comeIn('Nigel');
  await british.say('half past');
  await british.sees('half past');
  for (const time of await british.log.locator('time').allTextContents())
    assert.match(time, /^\d\d:\d\d$/);
  await british.close();
});

/** What a finger could miss, by name; links in running text are as large as the text. */
const small = ({ page }) =>
  page.locator('button, summary, input, [role=option]').evaluateAll((all) =>
    all
      .filter((one) => one.checkVisibility({ visibilityProperty: true, opacityProperty: true }))
      .map((one) => [one.ariaLabel || one.textContent || one.id, one.getBoundingClientRect()])
      .filter(([, box]) => box.height > 0 && (box.width < 40 || box.height < 43.5))
      .map(([name, box]) => `${name}: ${Math.round(box.width)} by ${Math.round(box.height)}`),
  );

test('a finger finds everything on a phone', async () => {
  const kit = await stage.open({ viewport: kPhone });
  const { page } = kit;
  const missed = [];
  const fits = async (where) =>
    missed.push(...(await small(kit)).map((one) => `${where}: ${one}`));
  await fits('the door');
  await page.getByRole('group').getByRole('button', { name: 'Register', exact: true }).tap();
  await fits('the form');
  await page.getByRole('group').getByRole('button', { name: 'Guest', exact: true }).tap();
  await kit.comeIn('Kit');
  await fits('the first visit');
  for (const line of ['/help', '/look', '/roll 100d6', '/poll Tea or coffee? | Tea | Coffee'])
    await kit.run(line);
  await ada.say('Kit, are you there?');
  await kit.sees('Kit, are you there?');
  await fits('the room');
  await kit.composer.fill('look');
  await page.getByRole('button', { name: 'Run /look as a command' }).waitFor();
  await fits('an offer');
  await kit.composer.fill('/m');
  await page.getByRole('option').first().waitFor();
  await fits('the menu of commands');
  await kit.composer.fill('');
  for (const panel of [/^People/, 'Game']) {
    await page.locator('.header').getByRole('button', { name: panel }).tap();
    await page.getByRole('complementary').waitFor();
    await fits(`the panel ${panel}`);
    await page.keyboard.press('Escape');
  }
  for (const window of ['Settings', 'Keyboard and commands', 'Join a channel']) {
    await page.getByRole('button', { name: 'Channels' }).tap();
    await fits('the drawer');
    await page.getByRole('button', { name: window, exact: true }).tap();
    await page.getByRole('dialog').waitFor();
    await fits(window);
    await page.keyboard.press('Escape');
    await page.getByRole('dialog').waitFor({ state: 'detached' });
    await page.keyboard.press('Escape');
  }
  assert.deepEqual(missed, []);
  await kit.assertUndisturbed();
  await kit.close();
});

test('whoever is shown out reads why', async () => {
  const guest = await stage.open();
  await guest.comeIn('Rowdy');
  const rows = JSON.parse(await server.ctl('sessions', '-o', 'json'));
  const mine = (rows.sessions ?? rows).find((one) => JSON.stringify(one).includes('Rowdy'));
  await server.ctl('kick', mine.id, '--reason', 'flooding the channel');
  await guest.banner.getByText('An admin ended your connection: flooding the channel').waitFor();
  await guest.close();
});

test('no page was reloaded, nothing was refused by the policy', () => ada.assertUndisturbed());
