// SPDX-License-Identifier: Apache-2.0
// On a phone, in the other language, with the keyboard alone, and while reading back.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Person, kPhone } from './support/browser.mjs';
import { onStage } from './support/stage.mjs';

let server, browser;

onStage({}, (stage) => {
  ({ server, browser } = stage);
});

const overflow = (page) =>
  page.evaluate(() => document.documentElement.scrollWidth - window.innerWidth);

test('a phone shows everything in one column, without scrolling sideways', async () => {
  const kit = await Person.open(browser, server.url, { viewport: kPhone });
  assert.ok((await overflow(kit.page)) <= 0, 'the door is too wide');
  await kit.comeIn('kit');
  await kit.say(
    'hello from a phone, with a rather long address: https://example.org/' + 'a'.repeat(200),
  );
  await kit.run('/roll 2d6');
  assert.ok((await overflow(kit.page)) <= 0, 'the room is too wide');
  await kit.page.getByRole('button', { name: 'Channels' }).click();
  await kit.page
    .getByRole('navigation')
    .getByRole('button', { name: /^global/ })
    .click();
  await kit.page.getByRole('button', { name: 'Game', exact: true }).click();
  await kit.page.getByRole('complementary').waitFor();
  assert.ok((await overflow(kit.page)) <= 0, 'the panel is too wide');
  const small = await kit.page
    .locator('.header button, .send')
    .evaluateAll(
      (all) =>
        all
          .map((item) => item.getBoundingClientRect())
          .filter((box) => box.width < 44 || box.height < 44).length,
    );
  assert.equal(small, 0, 'a target is smaller than 44 px');
  await kit.assertUndisturbed();
  await kit.close();
});

test('the language changes without a reload, help included', async () => {
  const ada = await Person.open(browser, server.url);
  await ada.comeIn('Ada');
  await ada.page.getByRole('button', { name: 'Settings' }).click();
  await ada.page.getByRole('button', { name: 'Русский' }).click();
  await ada.page.getByRole('heading', { name: 'Настройки' }).waitFor();
  await ada.page.keyboard.press('Escape');
  await ada.composer.fill('/ro');
  await ada.page.getByRole('option', { name: /[а-я]/ }).first().waitFor();
  assert.equal(await ada.page.evaluate(() => document.documentElement.lang), 'ru');
  await ada.assertUndisturbed();
  await ada.close();
});

test('the list stays where it is read, and follows at the bottom', async () => {
  const ada = await Person.open(browser, server.url);
  const neo = await Person.open(browser, server.url);
  await ada.comeIn('Reader');
  await neo.comeIn('Writer');
  for (let line = 1; line <= 40; line += 1) {
    await neo.say(`line ${line}`);
    await neo.settled();
  }
  await ada.sees('line 40');
  const bottom = () =>
    ada.page
      .locator('.scroller')
      .evaluate((box) => box.scrollHeight - box.scrollTop - box.clientHeight);
  assert.ok((await bottom()) < 2, 'did not follow');

  const scroller = ada.page.locator('.scroller');
  await scroller.evaluate((box) => (box.scrollTop = box.scrollHeight / 3));
  await ada.page.waitForFunction(() => document.querySelector('.to-bottom'));
  const firstSeen = () =>
    scroller.evaluate((box) => {
      const edge = box.getBoundingClientRect().top;
      const row = [...box.querySelectorAll('[data-key]')].find(
        (item) => item.getBoundingClientRect().bottom > edge,
      );
      return [row.dataset.key, Math.round(row.getBoundingClientRect().top - edge)];
    });
  const before = await firstSeen();
  await neo.say('while she reads');
  await ada.page.getByRole('button', { name: '1 new' }).waitFor();
  assert.deepEqual(await firstSeen(), before);
  await ada.page.getByRole('button', { name: '1 new' }).click();
  await ada.sees('while she reads');
  assert.ok((await bottom()) < 2);
  await ada.close();
  await neo.close();
});

test('the keyboard alone is enough', async () => {
  const ada = await Person.open(browser, server.url);
  await ada.page.getByLabel('Name').waitFor();
  await ada.page.keyboard.type('Keys');
  await ada.page.keyboard.press('Enter');
  await ada.composer.waitFor();
  await ada.composer.focus();
  await ada.page.keyboard.type('one');
  await ada.page.keyboard.press('Shift+Enter');
  await ada.page.keyboard.type('two');
  await ada.page.keyboard.press('Enter');
  await ada.sees('one\ntwo');
  await ada.page.keyboard.press('ArrowUp');
  assert.equal(await ada.composer.inputValue(), 'one\ntwo');
  await ada.composer.fill('');
  await ada.page.keyboard.press('Control+k');
  await ada.page.getByRole('dialog').waitFor();
  await ada.page.keyboard.type('glob');
  await ada.page.keyboard.press('Enter');
  await ada.page.getByRole('dialog').waitFor({ state: 'detached' });
  await ada.close();
});
