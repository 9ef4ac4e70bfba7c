// SPDX-License-Identifier: Apache-2.0
// axe finds nothing to say about any page of the console; nothing is too wide; the keyboard is enough.

import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import axe from 'axe-core';
import { Admin, kPassword } from './support/admin.mjs';
import { kPhone, kWide, launch } from './support/browser.mjs';
import { Server } from './support/server.mjs';

let server, browser;

before(async () => {
  server = await Server.start();
  browser = await launch();
  const first = await Admin.open(browser, server);
  await first.becomeFirst(server, 'Keeper');
  await first.person.close();
  // So that every part of these pages has something to show.
  for (const line of [
    ['acl', 'deny', 'guests', 'remind', '--note', 'they are gone by then'],
    ['acl', 'allow', 'user:Keeper', 'plugin:game', '--channel', 'global'],
    ['acl', 'alias', 'throw', 'roll'],
    ['acl', 'cooldown', 'roll', '--user', '5000'],
    ['plugin', 'canary', 'dice', '25'],
    ['channel', 'topic', 'global', 'Getting past the gate'],
    ['say', 'global', 'Back in five minutes.'],
    ['plugin', 'revoke', 'ab'.repeat(32), '--reason', 'It cheats.'],
  ])
    await server.ctl(...line);
});

after(async () => {
  await browser?.close();
  await server?.stop();
});

async function findings(page) {
  await page.evaluate(() => Promise.allSettled(document.getAnimations().map((one) => one.finished)));
  await page.evaluate(axe.source);
  const { violations } = await page.evaluate(() => window.axe.run(document));
  return violations.flatMap(({ id, nodes }) => nodes.map(({ target }) => `${id}: ${target.join(' ')}`));
}

const tooWide = (page) =>
  page.evaluate(() =>
    [document.documentElement, ...document.querySelectorAll('.content, .side, dialog')]
      .filter((box) => box.scrollWidth > box.clientWidth)
      .map((box) => box.className || box.localName),
  );

const kPages = [
  'overview',
  'plugins',
  'plugins/game',
  'plugins/dice',
  'sessions',
  'channels',
  'channels/global',
  'people',
  'access',
  'try',
  'try/roll',
  'audit',
  'log',
  'config',
  'keys',
];
const kScreens = [
  { name: 'wide and light', viewport: kWide, colorScheme: 'light', locale: 'en-US' },
  { name: 'wide and dark', viewport: kWide, colorScheme: 'dark', locale: 'ru-RU' },
  { name: 'a phone, light', viewport: kPhone, colorScheme: 'light', locale: 'ru-RU' },
  { name: 'a phone, dark', viewport: kPhone, colorScheme: 'dark', locale: 'en-US' },
];

for (const { name, ...screen } of kScreens) {
  test(`axe finds nothing: ${name}`, async () => {
    const admin = await Admin.open(browser, server, screen);
    const { page } = admin;
    const clean = async (where) => {
      assert.deepEqual(await findings(page), [], where);
      assert.deepEqual(await tooWide(page), [], where);
    };
    await page.locator('.door-card').waitFor();
    await clean('the door');
    await admin.logIn('Keeper', 'wrong');
    await page.getByRole('alert').waitFor();
    await clean('the door that refuses');
    await admin.logIn('Keeper');
    await page.locator('.page-title').waitFor();
    for (const where of kPages) {
      await admin.go(where);
      await clean(where);
    }
    await admin.go('access');
    await page.getByRole('search').locator('input').first().fill('Keeper');
    await page.getByRole('search').locator('input').nth(1).fill('look');
    await page.getByRole('search').getByRole('button').click();
    await page.locator('.verdict').waitFor();
    await clean('an explanation');
    await page.locator('.page-title button').click();
    await admin.dialog.locator('select').nth(1).selectOption('user');
    await clean('a rule to be added');
    await admin.closeWindow();
    await admin.go('try');
    const line = page.locator('.search.trial .line input');
    await line.fill('/roll 2d6');
    await page.locator('.search.trial button').click();
    await page.locator('.outcome .frame').waitFor();
    await clean('a command that answered');
    await line.fill('/mute Keeper');
    await page.locator('.search.trial button').click();
    await page.locator('.outcome .state.danger').waitFor();
    await clean('a command that is refused');
    await admin.go('channels/global');
    await admin.row('Back in five minutes.').locator('.row-tools button').click();
    await admin.dialog.waitFor();
    await clean('a message to be taken away');
    await admin.closeWindow();
    await admin.go('plugins/game');
    await page.getByRole('button', { name: /^(Begin a canary|Начать пробу)$/ }).click();
    await admin.confirm();
    await clean('a canary that is refused');
    await admin.closeWindow();
    await admin.go('plugins');
    await admin.row('A small shared world').locator('.row-tools button').first().click();
    await admin.dialog.waitFor();
    await clean('a window that asks');
    await admin.confirm();
    await clean('a window that tells');
    await admin.closeWindow();
    if (screen.viewport === kPhone) {
      await page.locator('.topbar button').click();
      await page.locator('.side.open').waitFor();
      await clean('the menu');
    }
    await admin.person.assertUndisturbed();
    await admin.person.close();
  });
}

test('the keyboard is enough, from the door and back to it', async () => {
  const { page, person } = await Admin.open(browser, server);
  const tabTo = async (accept) => {
    for (let i = 0; i < 80; i += 1) {
      await page.keyboard.press('Tab');
      const found = await page.evaluate(() => ({
        label: document.activeElement.textContent.trim() || document.activeElement.getAttribute('aria-label'),
        type: document.activeElement.getAttribute('autocomplete'),
        asked: document.activeElement.labels?.[0]?.querySelector('span')?.textContent,
      }));
      if (accept(found)) return;
    }
    assert.fail('the keyboard does not get there');
  };
  await page.locator('.door-card').waitFor();
  await tabTo(({ type }) => type === 'username');
  await page.keyboard.type('Keeper');
  await tabTo(({ type }) => type === 'current-password');
  await page.keyboard.type(kPassword);
  await page.keyboard.press('Enter');
  await page.locator('.page-title').waitFor();
  await tabTo(({ label }) => label === 'Plugins');
  await page.keyboard.press('Enter');
  await page.getByRole('table', { name: 'Plugins' }).waitFor();
  await tabTo(({ label }) => label === 'Reload game');
  await page.keyboard.press('Enter');
  const window = page.getByRole('dialog');
  await window.waitFor();
  await tabTo(({ label }) => label === 'Reload');
  await page.keyboard.press('Enter');
  await window.getByText('game was reloaded.').waitFor();
  await page.keyboard.press('Escape');
  await window.waitFor({ state: 'detached' });
  assert.equal(
    await page.evaluate(() => document.activeElement.textContent.trim()),
    'Reload game',
    'the keyboard is where it was',
  );
  await tabTo(({ label }) => label === 'Access rules');
  await page.keyboard.press('Enter');
  await page.getByRole('table', { name: 'Rules' }).waitFor();
  await tabTo(({ label }) => label === 'Add a rule');
  await page.keyboard.press('Enter');
  await window.waitFor();
  await tabTo(({ asked }) => asked === 'Command');
  await page.keyboard.type('roll');
  await page.keyboard.press('Enter');
  await window.getByText('The rule is in force.').waitFor();
  await page.keyboard.press('Enter');
  await window.waitFor({ state: 'detached' });
  await tabTo(({ label }) => label === 'Remove rule 3');
  for (let i = 0; i < 80; i += 1) {
    await page.keyboard.press('Shift+Tab');
    if (await page.evaluate(() => document.activeElement.textContent.trim() === 'Try a command')) break;
  }
  await page.keyboard.press('Enter');
  await page.getByRole('table', { name: 'All commands' }).waitFor();
  await tabTo(({ label }) => label === 'Choose ask');
  await page.keyboard.press('Enter');
  await page.keyboard.type('hello');
  await page.keyboard.press('Enter');
  await page.getByText(/^Answered: /).waitFor();
  for (let i = 0; i < 80; i += 1) {
    await page.keyboard.press('Shift+Tab');
    if (await page.evaluate(() => document.activeElement.getAttribute('aria-label') === 'Log out')) break;
  }
  await page.keyboard.press('Enter');
  await page.locator('.door-card').waitFor();
  await person.assertUndisturbed();
  await person.close();
});
