// SPDX-License-Identifier: Apache-2.0
// Answers to one message: by pointer, by keys and by touch, without a connection, and the way back to what
// was answered, however far up it stands.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { kPhone } from './support/browser.mjs';
import { onStage } from './support/stage.mjs';

let stage, server, ada, neo;

onStage({ 'limits.rate': 0 }, async (all) => {
  stage = all;
  ({ server } = stage);
  ada = await stage.open();
  await ada.register('Ada', 'correct horse battery');
  neo = await stage.open();
  await neo.comeIn('Neo');
});

const row = (person, text) =>
  person.log.locator('article.sent').filter({ has: person.page.getByText(text, { exact: true }) }).last();
const quote = (person, text) => row(person, text).locator('.reply-to');
const bar = ({ page }) => page.locator('.answering');

async function saidBy(person, text) {
  await person.say(text);
  await row(person, text).waitFor();
}

test('a message is answered with the pointer, and both see to what', async () => {
  await saidBy(ada, 'tea or coffee?');
  await row(neo, 'tea or coffee?').hover();
  await row(neo, 'tea or coffee?').getByRole('button', { name: 'Reply', exact: true }).click();
  await bar(neo).getByText('Replying to Ada').waitFor();
  await bar(neo).getByText('tea or coffee?').waitFor();
  assert.ok(await neo.composer.evaluate((box) => box === document.activeElement));
  await saidBy(neo, 'tea, please');
  await bar(neo).waitFor({ state: 'detached' });
  for (const person of [ada, neo])
    assert.match(await quote(person, 'tea, please').textContent(), /Ada\s+tea or coffee\?/);
  await saidBy(neo, 'with milk');
  assert.equal(await quote(neo, 'with milk').count(), 0);
});

test('with the keyboard alone: R answers, Esc leaves it', async () => {
  const { keyboard } = ada.page;
  await row(ada, 'tea, please').waitFor();
  await ada.page.locator('.scroller').focus();
  await keyboard.press('ArrowUp');
  await keyboard.press('ArrowUp');
  await keyboard.press('r');
  await bar(ada).getByText('tea, please').waitFor();
  await keyboard.press('Escape');
  await bar(ada).waitFor({ state: 'detached' });
  assert.ok(await ada.composer.evaluate((box) => box === document.activeElement));
  await ada.page.locator('.scroller').focus();
  await keyboard.press('ArrowUp');
  await keyboard.press('r');
  await bar(ada).getByText('with milk').waitFor();
  await keyboard.type('there is milk');
  await keyboard.press('Enter');
  await quote(neo, 'there is milk').getByText('with milk').waitFor();
});

test('without a connection an answer waits, and is still one when it goes', async () => {
  await server.down();
  await neo.banner.waitFor();
  await row(neo, 'there is milk').hover();
  await row(neo, 'there is milk').getByRole('button', { name: 'Reply', exact: true }).click();
  await neo.say('thank you');
  await neo.sees('Will be sent when the connection is back');
  await server.up();
  await quote(ada, 'thank you').getByText('there is milk').waitFor({ timeout: 60_000 });
  await row(neo, 'thank you').waitFor();
  assert.equal(await ada.count('thank you'), 1);
});

test('what is answered follows its message: changed, then gone', async () => {
  await row(ada, 'tea or coffee?').hover();
  await row(ada, 'tea or coffee?').getByRole('button', { name: 'Edit' }).click();
  await ada.composer.fill('tea or juice?');
  await ada.composer.press('Enter');
  await quote(neo, 'tea, please').getByText('tea or juice?').waitFor();
});

test('the quoted line leads to the message, past what is loaded, and back down', async () => {
  for (let line = 1; line <= 130; line += 1) await ada.say(`line ${line}`);
  await row(ada, 'line 130').waitFor();
  await row(neo, 'tea, please').hover();
  await row(neo, 'tea, please').getByRole('button', { name: 'Reply', exact: true }).click();
  await saidBy(neo, 'late, but yes');
  const late = await stage.open({ viewport: kPhone });
  await late.comeIn('Late');
  await quote(late, 'late, but yes').getByText('In reply to an older message').waitFor();
  assert.equal(await row(late, 'tea, please').count(), 0);
  await quote(late, 'late, but yes').tap();
  await row(late, 'tea, please').waitFor();
  await late.page.waitForFunction(() => document.activeElement?.textContent.includes('tea, please'));
  const { y } = await row(late, 'tea, please').boundingBox();
  assert.ok(y > 0 && y < kPhone.height, `it is not in view: ${y}`);
  await late.page.getByRole('button', { name: 'To the newest messages' }).tap();
  await quote(late, 'late, but yes').getByText('tea, please').waitFor();
  await late.assertUndisturbed();
  await late.close();
});

test('on a phone a touch brings the tool, in the other language too', async () => {
  const phone = await stage.open({ viewport: kPhone, locale: 'ru-RU' });
  await phone.page.locator('#guest-name').fill('Тринити');
  await phone.page.locator('button[type=submit]').click();
  await phone.composer.waitFor();
  await row(phone, 'line 130').tap();
  const tool = row(phone, 'line 130').getByRole('button', { name: 'Ответить', exact: true });
  await tool.waitFor();
  const { width, height } = await tool.boundingBox();
  assert.ok(width >= 44 && height >= 44, `${width} by ${height}`);
  await tool.tap();
  await bar(phone).getByText('Ответ на сообщение: Ada').waitFor();
  await bar(phone).getByRole('button', { name: 'Писать без ответа' }).tap();
  await bar(phone).waitFor({ state: 'detached' });
  await phone.assertUndisturbed();
  await phone.close();
});

test('no page was reloaded, nothing was refused by the policy', async () => {
  for (const person of [ada, neo]) await person.assertUndisturbed();
});
