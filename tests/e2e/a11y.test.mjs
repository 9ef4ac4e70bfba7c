// SPDX-License-Identifier: Apache-2.0
// axe finds nothing to say about any screen, light or dark, wide or narrow, in either language.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import axe from 'axe-core';
import { Person, kPhone, kWide } from './support/browser.mjs';
import { onStage } from './support/stage.mjs';

let server, browser;

onStage({}, (stage) => {
  ({ server, browser } = stage);
});

/** What axe objects to, one line each: the rule, and where. */
async function findings(page) {
  // Colours that are still changing have no contrast yet.
  await page.evaluate(() => Promise.allSettled(document.getAnimations().map((one) => one.finished)));
  await page.evaluate(axe.source);
  const { violations } = await page.evaluate(() => window.axe.run(document));
  return violations.flatMap(({ id, nodes }) => nodes.map(({ target }) => `${id}: ${target.join(' ')}`));
}

const kScreens = [
  { name: 'wide and light', viewport: kWide, colorScheme: 'light', locale: 'en-US' },
  { name: 'wide and dark', viewport: kWide, colorScheme: 'dark', locale: 'ru-RU' },
  { name: 'a phone, light', viewport: kPhone, colorScheme: 'light', locale: 'ru-RU' },
  { name: 'a phone, dark', viewport: kPhone, colorScheme: 'dark', locale: 'en-US' },
];

for (const { name, ...screen } of kScreens) {
  test(`axe finds nothing: ${name}`, async () => {
    const person = await Person.open(browser, server.url, screen);
    const { page } = person;
    const clean = async (where) => assert.deepEqual(await findings(page), [], where);
    await page.locator('#guest-name').waitFor();
    await clean('the door');
    await page.locator('#guest-name').fill(`Axe ${screen.colorScheme} ${screen.viewport.width}`);
    await page.locator('button[type=submit]').click();
    await page.locator('.welcome').waitFor();
    await clean('the first visit');
    // Words of this person alone: the others stand in the same channel.
    const said = `hello from ${name}, https://example.org/`;
    await person.say(said);
    const own = person.log.locator('article.sent').filter({ hasText: said });
    await own.focus();
    await own.getByRole('button', { name: /^(Reply|Ответить)$/ }).click();
    await page.locator('.answering').waitFor();
    await clean('an answer to a message');
    await page.keyboard.press('Escape');
    await page.locator('.answering').waitFor({ state: 'detached' });
    await own.focus();
    await own.getByRole('button', { name: /^(Edit|Изменить)$/ }).click();
    await page.locator('.editing').waitFor();
    await clean('a message that is rewritten');
    await page.keyboard.press('Escape');
    await own.focus();
    await own.getByRole('button', { name: /^(Delete|Удалить)$/ }).click();
    await page.getByRole('dialog').waitFor();
    await clean('the question before a message goes');
    await page.keyboard.press('Escape');
    await page.getByRole('dialog').waitFor({ state: 'detached' });
    for (const line of ['/help', '/roll 100d6', '/look', '/cast 123', '/score', '/nosuch'])
      await person.run(line);
    await clean('the room');
    await person.composer.fill('/m');
    await page.getByRole('option').first().waitFor();
    await clean('the menu of commands');
    await person.composer.fill('');
    await page.keyboard.press('Control+k');
    await page.getByRole('dialog').waitFor();
    await clean('the switcher');
    await page.keyboard.press('Escape');
    await person.assertUndisturbed();
    await person.close();
  });
}

test('every window opens, is clean, and gives the keyboard back', async () => {
  const person = await Person.open(browser, server.url);
  const { page } = person;
  await person.comeIn('Windows');
  for (const name of ['Keyboard and commands', 'Settings', 'Join a channel', 'Register to keep this name']) {
    await page.getByRole('button', { name, exact: true }).click();
    await page.getByRole('dialog').waitFor();
    assert.deepEqual(await findings(page), [], name);
    await page.keyboard.press('Escape');
    await page.getByRole('dialog').waitFor({ state: 'detached' });
    const opener = page.getByRole('button', { name, exact: true });
    assert.ok(await opener.evaluate((button) => button === document.activeElement), name);
  }
  await page.getByRole('button', { name: 'Settings', exact: true }).click();
  await page.getByRole('button', { name: 'Your account', exact: true }).click();
  await page.getByRole('dialog').getByRole('listitem').first().waitFor();
  await page.getByText('Delete my account').click();
  assert.deepEqual(await findings(page), [], 'Your account');
  await person.close();
});
