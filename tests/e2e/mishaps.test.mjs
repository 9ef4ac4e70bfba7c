// SPDX-License-Identifier: Apache-2.0
// What goes wrong at a door and at a keyboard: each time a sentence in the reader's language that says
// what to do, and nothing that was typed is gone.

import assert from 'node:assert/strict';
import { after, test } from 'node:test';
import { Person } from './support/browser.mjs';
import { Server } from './support/server.mjs';
import { onStage } from './support/stage.mjs';

const kPassword = 'correct horse battery';
const kSaid = {
  'en-US': {
    logIn: 'Log in',
    wrong: /Name or password is wrong\. Check both/,
    taken: /taken|in use/i,
    other: /^Use “.+”$/,
    away: /server cannot be reached\. Check your network/,
    ended: /Your session has ended\. Log in again; your drafts are kept/,
    gone: /roll is not there any more: its plugin was taken out\. \/help/,
    pollGone: /vote is not there any more: its plugin was taken out/,
    none: 'No command with this name',
  },
  'ru-RU': {
    logIn: 'Войти',
    wrong: /Неверное имя или пароль\. Проверьте/,
    taken: /зан[яи]|носит|такое имя/i,
    other: /«.+»/,
    away: /Сервер недоступен\. Проверьте сеть/,
    ended: /Сеанс закончился\. Войдите снова; черновики сохранены/,
    gone: /Команды roll больше нет: её плагин убрали/,
    pollGone: /Команды vote больше нет: её плагин убрали/,
    none: 'Такой команды нет',
  },
};

let server, brief, browser;

onStage({ 'limits.rate': 0 }, async (stage) => {
  ({ server, browser } = stage);
  brief = await Server.start({
    'auth.access_token': '15s',
    'auth.expiring_notice': '1s',
    'auth.expiry_grace': '0s',
  });
  const ada = await stage.open();
  await ada.register('Ada', kPassword);
  await ada.close();
});

after(async () => {
  await brief?.stop();
});

for (const [locale, said] of Object.entries(kSaid)) {
  const open = () => Person.open(browser, server.url, { locale });
  const tab = ({ page }, index) => page.locator('.account .segments button').nth(index);
  const enter = ({ page }) => page.locator('.account button[type=submit]').click();
  const comeIn = async (person, name) => {
    await person.page.locator('#guest-name').fill(name);
    await enter(person);
    await person.composer.waitFor();
  };
  const logIn = async (person, name, password) => {
    await tab(person, 1).click();
    await person.page.locator('#login-name').fill(name);
    await person.page.locator('input[type=password]').fill(password);
    await enter(person);
  };
  const refused = ({ page }, what) => page.getByRole('alert').getByText(what).last().waitFor();

  test(`a wrong password (${locale})`, async () => {
    const person = await open();
    await logIn(person, 'Ada', 'not the password');
    await refused(person, said.wrong);
    assert.equal(await person.page.locator('#login-name').inputValue(), 'Ada');
    await person.page.locator('input[type=password]').fill(kPassword);
    await enter(person);
    await person.composer.waitFor();
    await person.assertUndisturbed();
    await person.close();
  });

  test(`a name that is taken, and one that is not (${locale})`, async () => {
    const [first, second] = [await open(), await open()];
    await comeIn(first, `Twin${locale.slice(0, 2)}`);
    await second.page.locator('#guest-name').fill(`Twin${locale.slice(0, 2)}`);
    await enter(second);
    await refused(second, said.taken);
    await second.page.getByRole('button', { name: said.other }).click();
    await second.composer.waitFor();
    for (const person of [first, second]) await person.close();
  });

  test(`no server at the first visit (${locale})`, async () => {
    const person = await open();
    const early = `Early${locale.slice(0, 2)}`;
    await server.down();
    await person.page.locator('#guest-name').fill(early);
    await enter(person);
    await refused(person, said.away);
    assert.equal(await person.page.locator('#guest-name').inputValue(), early);
    await server.up();
    await enter(person);
    await person.composer.waitFor();
    await person.close();
  });

  test(`a session that ends in the middle of a message (${locale})`, async () => {
    const name = `Half${locale.slice(0, 2)}`;
    const person = await Person.open(browser, brief.url, { locale });
    await tab(person, 2).click();
    await person.page.locator('#register-name').fill(name);
    await person.page.locator('input[type=password]').fill(kPassword);
    await enter(person);
    await person.composer.waitFor();
    await person.composer.fill('the middle of a mess');
    // As where another program has used up the refresh token: nothing is left to renew with.
    await person.page.evaluate(() => localStorage.removeItem('parley.refresh'));
    await person.page.getByRole('alert').getByText(said.ended).waitFor({ timeout: 60_000 });
    await logIn(person, name, kPassword);
    await person.composer.waitFor();
    assert.equal(await person.composer.inputValue(), 'the middle of a mess');
    await person.assertUndisturbed();
    await person.close();
  });

  test(`a plugin that goes while its command is typed and its button is there (${locale})`, async () => {
    const person = await open();
    await comeIn(person, `Late${locale.slice(0, 2)}`);
    await person.say('/poll Tea or coffee? | Tea | Coffee');
    const button = person.log.getByRole('button', { name: /Tea/ }).first();
    await button.waitFor();
    await person.composer.fill('/roll 2d6');
    for (const plugin of ['dice', 'poll']) await server.ctl('plugin', 'unload', plugin);
    await person.page.getByText(said.none).waitFor();
    assert.equal(await person.composer.inputValue(), '/roll 2d6');
    await person.composer.press('Enter');
    await refused(person, said.gone);
    await button.click();
    await refused(person, said.pollGone);
    for (const plugin of ['dice', 'poll']) await server.ctl('plugin', 'load', plugin);
    const rolled = await person.run('/roll 2d6');
    await rolled.locator('.figure strong').waitFor();
    await person.assertUndisturbed();
    await person.close();
  });
}
