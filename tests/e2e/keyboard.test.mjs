// SPDX-License-Identifier: Apache-2.0
// From the first look to the way out without a mouse: every step by keys alone, and the focus always seen.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { onStage } from './support/stage.mjs';

let ada, keys;

onStage({}, async (stage) => {
  ada = await stage.open();
  keys = ada.page.keyboard;
});

/** What has the keyboard: its name for a screen reader, and whether one can see that it has it. */
const focused = () =>
  ada.page.evaluate(() => {
    const element = document.activeElement;
    const label = element.getAttribute('aria-label') ?? element.labels?.[0]?.textContent;
    const seen = element.closest('.composer, .switcher-field') ?? element;
    const style = getComputedStyle(seen);
    return {
      name: (label ?? element.textContent).trim(),
      seen: style.outlineStyle !== 'none' || style.boxShadow !== 'none',
    };
  });

/** Goes on by Tab until the control of this name has the keyboard. */
async function tabTo(name, key = 'Tab') {
  const passed = [];
  for (let step = 0; step < 60; step += 1) {
    const now = await focused();
    passed.push(now.name);
    if (now.name === name) {
      assert.ok(now.seen, `nobody sees that ${name} has the keyboard`);
      return;
    }
    await keys.press(key);
  }
  assert.fail(`${name} was not reached: ${passed.join(' → ')}`);
}

test('register', async () => {
  await ada.page.getByLabel('Name').waitFor();
  await tabTo('Register', 'Shift+Tab');
  await keys.press('Enter');
  await ada.page.getByLabel('Password').waitFor();
  await tabTo('Name');
  await keys.press('Control+a');
  await keys.type('Ada');
  await tabTo('Password');
  await keys.type('correct horse battery');
  await keys.press('Enter');
  await ada.composer.waitFor();
});

test('chat', async () => {
  await tabTo('Message global');
  await keys.type('typed, never clicked');
  await keys.press('Enter');
  await ada.sees('typed, never clicked');
  await ada.settled();
});

test('read back, and come to the composer again', async () => {
  await tabTo('Messages in global', 'Shift+Tab');
  await keys.press('Home');
  await keys.press('Escape');
  assert.equal((await focused()).name, 'Message global');
});

test('run a command from the menu, and press a button in its answer', async () => {
  await keys.type('/loo');
  await ada.page.getByRole('option', { name: /\/look/ }).waitFor();
  await keys.press('Tab');
  assert.match(await ada.composer.inputValue(), /^\/look/);
  await keys.press('Enter');
  const card = ada.log.locator('.card.state').first();
  await card.waitFor();
  const exit = await card.getByRole('button').first().textContent();
  await tabTo(exit.trim(), 'Shift+Tab');
  const before = await ada.commands.count();
  await keys.press('Enter');
  await ada.commands.nth(before).locator('.card, .answer, .refusal').first().waitFor();
});

test('go to another channel and back', async () => {
  await keys.press('Escape');
  await keys.type('/join tea');
  await keys.press('Enter');
  await ada.page.getByRole('heading', { name: 'tea' }).waitFor();
  await keys.press('Control+k');
  await ada.page.getByRole('dialog').waitFor();
  await keys.type('glob');
  await keys.press('Enter');
  await ada.page.getByRole('heading', { name: 'global' }).waitFor();
});

test('log out', async () => {
  await ada.page.getByRole('dialog').waitFor({ state: 'detached' });
  await tabTo('Settings', 'Shift+Tab');
  await keys.press('Enter');
  await ada.page.getByRole('dialog').waitFor();
  await tabTo('Log out');
  await keys.press('Enter');
  await ada.page.getByRole('button', { name: 'Come in as guest' }).waitFor();
  await ada.assertUndisturbed();
});
