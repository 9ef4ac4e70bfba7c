// SPDX-License-Identifier: Apache-2.0
// What was said is changed and taken away, what was read is read on all devices, who is unwelcome stays out.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Person, kPhone } from './support/browser.mjs';
import { onStage } from './support/stage.mjs';

const kPassword = 'there-is-no-spoon-77';
let server, browser, ada, neo;

onStage({ 'limits.rate': 0 }, async (stage) => {
  ({ server, browser } = stage);
  ada = await stage.open();
  await ada.register('Ada', kPassword);
  neo = await stage.open();
  await neo.comeIn('Neo');
});

const row = (person, text) => person.log.locator('article').filter({ hasText: text }).last();

async function edit(person, text, now) {
  await row(person, text).hover();
  await row(person, text).getByRole('button', { name: 'Edit' }).click();
  await person.page.getByText('Editing').waitFor();
  assert.equal(await person.composer.inputValue(), text);
  await person.composer.fill(now);
  await person.composer.press('Enter');
  await person.page.locator('.editing').waitFor({ state: 'detached' });
}

async function remove(person, text) {
  await row(person, text).hover();
  await row(person, text).getByRole('button', { name: 'Delete' }).click();
  const question = person.page.getByRole('dialog', { name: 'Delete this message?' });
  await question.getByText(text).waitFor();
  await question.getByRole('button', { name: 'Delete', exact: true }).click();
  await question.waitFor({ state: 'detached' });
}

test('a message is rewritten for everybody, and says so', async () => {
  await ada.say('teh first words');
  await neo.sees('teh first words');
  await edit(ada, 'teh first words', 'the first words');
  for (const person of [ada, neo]) {
    await row(person, 'the first words').getByText('(edited)').waitFor();
    assert.equal(await person.log.getByText('teh first words').count(), 0);
  }
  assert.equal(await ada.composer.inputValue(), '');
});

test('ArrowUp takes up what was said last, Esc leaves it, and the draft comes back', async () => {
  await ada.say('second thoughts');
  await ada.sees('second thoughts');
  await row(ada, 'second thoughts').and(ada.page.locator('.sent')).waitFor();
  await ada.composer.press('ArrowUp');
  assert.equal(await ada.composer.inputValue(), 'second thoughts');
  await ada.composer.fill('never said');
  await ada.composer.press('Escape');
  await ada.page.locator('.editing').waitFor({ state: 'detached' });
  assert.equal(await ada.composer.inputValue(), '');
  await ada.composer.fill('half a sentence');
  await row(ada, 'second thoughts').hover();
  await row(ada, 'second thoughts').getByRole('button', { name: 'Edit' }).click();
  await ada.composer.fill('third thoughts');
  await ada.composer.press('Enter');
  await neo.sees('third thoughts');
  await ada.page.locator('.editing').waitFor({ state: 'detached' });
  assert.equal(await ada.composer.inputValue(), 'half a sentence');
  await ada.composer.fill('');
});

test('nobody is offered to change what others said', async () => {
  await row(neo, 'third thoughts').hover();
  assert.equal(await row(neo, 'third thoughts').getByRole('button', { name: 'Edit' }).count(), 0);
  assert.equal(await row(neo, 'third thoughts').getByRole('button', { name: 'Delete' }).count(), 0);
});

test('a message is taken away after a question, and leaves its place', async () => {
  await ada.say('a secret that slipped');
  await neo.sees('a secret that slipped');
  await remove(ada, 'a secret that slipped');
  for (const person of [ada, neo]) {
    await person.sees('This message was deleted.');
    assert.equal(await person.log.getByText('a secret that slipped').count(), 0);
  }
});

test('a moderator takes away what another said, under their own name', async () => {
  const morpheus = await Person.open(browser, server.url);
  await morpheus.register('Morpheus', kPassword);
  await server.ctl('user', 'role', 'add', 'Morpheus', 'moderator');
  await morpheus.logOut();
  await morpheus.logIn('Morpheus', kPassword);
  await neo.say('buy cheap pills');
  await morpheus.sees('buy cheap pills');
  await remove(morpheus, 'buy cheap pills');
  for (const person of [ada, neo, morpheus]) {
    await person.sees('This message was deleted by Morpheus.');
    assert.equal(await person.log.getByText('buy cheap pills').count(), 0);
  }
  await morpheus.assertUndisturbed();
  await morpheus.close();
});

test('whoever comes later sees it as it is now, and no row for a change', async () => {
  const late = await Person.open(browser, server.url);
  await late.comeIn('Late');
  await row(late, 'the first words').getByText('(edited)').waitFor();
  await late.sees('This message was deleted by Morpheus.');
  assert.equal(await late.log.locator('article').count(), await neo.log.locator('article').count());
  for (const gone of ['teh first words', 'a secret that slipped', 'buy cheap pills'])
    assert.equal(await late.log.getByText(gone).count(), 0, gone);
  await late.assertUndisturbed();
  await late.close();
});

test('what is unread is counted alike everywhere, and read everywhere at once', async () => {
  const tab = await Person.tab(ada.context, server.url);
  await tab.composer.waitFor();
  const device = await Person.open(browser, server.url);
  await device.logIn('Ada', kPassword);
  const everywhere = [ada, tab, device];
  for (const person of everywhere) {
    await person.say('/join tea');
    await person.page.getByRole('heading', { name: 'tea' }).waitFor();
  }
  await neo.say('nobody is called');
  await neo.say('and now @Ada is');
  const global = ({ page }) =>
    page.getByRole('navigation').getByRole('button', { name: /^global/ });
  for (const person of everywhere) {
    await global(person).getByText('2 unread messages').waitFor();
    await global(person).getByText('1 mention').waitFor();
    await person.page.waitForFunction(() => document.title.startsWith('(2)'));
  }
  await global(device).click();
  await device.page.locator('.rule.fresh').waitFor();
  for (const person of everywhere) {
    await global(person).locator('.count').first().waitFor({ state: 'detached' });
    await person.page.waitForFunction(() => !document.title.startsWith('('));
  }
  await neo.say('one more');
  for (const person of [ada, tab]) await global(person).getByText('1 unread message').waitFor();
  await device.sees('one more');
  for (const person of [ada, tab])
    await global(person).locator('.count').first().waitFor({ state: 'detached' });
  for (const person of everywhere) {
    await global(person).click();
    await person.assertUndisturbed();
  }
  await tab.page.close();
  await device.close();
});

test('somebody who is blocked cannot write directly, until they may again', async () => {
  const side = await ada.openSide('People');
  await side.getByRole('button', { name: 'Block Neo' }).click();
  await side.getByText('blocked', { exact: true }).waitFor();
  const people = await neo.openSide('People');
  await people.getByRole('button', { name: 'Message Ada' }).click();
  await neo.page.getByRole('heading', { name: 'Ada' }).waitFor();
  await neo.say('let me in');
  await neo.log.getByText('Not sent').waitFor();
  await ada.page.getByRole('button', { name: 'Settings' }).click();
  const settings = ada.page.getByRole('dialog');
  await settings.getByRole('button', { name: 'Unblock Neo' }).click();
  await settings.getByText('Nobody.').waitFor();
  await settings.getByRole('button', { name: 'Close' }).click();
  await neo.log.getByRole('button', { name: 'Try again' }).click();
  await ada.page
    .getByRole('navigation')
    .getByRole('button', { name: /^Neo/ })
    .getByText('1 unread message')
    .waitFor();
});

test('on a phone a touch brings the tools, large enough for a finger', async () => {
  const phone = await Person.open(browser, server.url, { viewport: kPhone });
  await phone.comeIn('Trinity');
  await phone.say('from a phone');
  await row(phone, 'from a phone').and(phone.page.locator('.sent')).waitFor();
  await row(phone, 'from a phone').tap();
  const tool = row(phone, 'from a phone').getByRole('button', { name: 'Edit' });
  await tool.waitFor();
  const { width, height } = await tool.boundingBox();
  assert.ok(width >= 44 && height >= 44, `${width} by ${height}`);
  await tool.tap();
  await phone.composer.fill('from my phone');
  await phone.page.getByRole('button', { name: 'Save' }).tap();
  await row(phone, 'from my phone').getByText('(edited)').waitFor();
  await phone.assertUndisturbed();
  await phone.close();
});

test('no page was reloaded, nothing was refused by the policy', async () => {
  for (const person of [ada, neo]) await person.assertUndisturbed();
});
