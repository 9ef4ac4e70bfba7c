// SPDX-License-Identifier: Apache-2.0
// One's own account on the page: in by invitation, out of another session, away with a copy, gone for good.

import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import { test } from 'node:test';
import { Person, kPhone } from './support/browser.mjs';
import { onStage } from './support/stage.mjs';

const kPassword = 'there-is-no-spoon-77';
let server, browser;

onStage({ 'auth.registration': 'invitation' }, (stage) => {
  ({ server, browser } = stage);
});

async function openAccount({ page }, settings, yours) {
  await page.getByRole('button', { name: settings, exact: true }).click();
  await page.getByRole('button', { name: yours, exact: true }).click();
  const window = page.getByRole('dialog');
  await window.getByRole('listitem').first().waitFor();
  return window;
}

async function registered(name, options) {
  const person = await Person.open(browser, server.url, options);
  const { page } = person;
  const [code] = (await server.ctl('invitation', 'make')).split('\n');
  await page.getByRole('group').getByRole('button').nth(2).click();
  await page.locator('#register-name').fill(name);
  await page.locator('input[type=password]').fill(kPassword);
  await page.locator('button[type=submit]').click();
  await page.locator('#register-invitation').fill(code);
  await page.locator('button[type=submit]').click();
  await person.composer.waitFor();
  return person;
}

test('the form asks for a code where registration is by invitation', async () => {
  const ada = await Person.open(browser, server.url);
  const { page } = ada;
  await page.getByRole('group').getByRole('button', { name: 'Register', exact: true }).click();
  assert.equal(await page.getByLabel('Invitation code').count(), 0, 'not before it is known');
  await page.getByLabel('Name').fill('Ada');
  await page.getByLabel('Password').fill(kPassword);
  const submit = page.locator('button[type=submit]');
  await submit.click();
  await page.getByText('Enter the code you were given.').waitFor();
  await page.getByLabel('Invitation code').fill('not-a-code');
  await submit.click();
  await page.getByText('This invitation is wrong').waitFor();
  const [code] = (await server.ctl('invitation', 'make', '--note', 'for Ada')).split('\n');
  await page.getByLabel('Invitation code').fill(` ${code} `);
  await submit.click();
  await ada.composer.waitFor();
  await ada.assertUndisturbed();
  await ada.close();
});

test('a session is ended from another one', async () => {
  const here = await registered('Tank');
  const there = await Person.open(browser, server.url, { viewport: kPhone });
  await there.logIn('Tank', kPassword);
  const window = await openAccount(here, 'Settings', 'Your account');
  const rows = window.getByRole('listitem');
  await rows.nth(1).waitFor();
  assert.equal(await rows.count(), 2);
  await rows.first().getByText('here', { exact: true }).waitFor();
  await window.getByRole('button', { name: 'End', exact: true }).click();
  await rows.nth(1).waitFor({ state: 'detached' });
  await there.page.getByText('This login was ended elsewhere.').waitFor();
  await window.getByRole('button', { name: 'Log out everywhere' }).click();
  await here.page.getByRole('button', { name: 'Come in as guest' }).waitFor();
  for (const person of [here, there]) {
    await person.assertUndisturbed();
    await person.close();
  }
});

test('a person changes the password and is known with the new one', async () => {
  const kNext = 'free-your-mind-42';
  const dozer = await registered('Dozer');
  const window = await openAccount(dozer, 'Settings', 'Your account');
  await window.locator('summary').getByText('Change password').click();
  const submit = window.locator('form button').getByText('Change password');
  await window.getByLabel('Old password').fill('wrong-one-99');
  await window.getByLabel('New password').fill(kNext);
  await submit.click();
  await window.getByText('The old password is wrong.').waitFor();
  await window.getByLabel('Old password').fill(kPassword);
  await submit.click();
  await window.getByText('Your password was changed.').waitFor();
  await dozer.assertUndisturbed();
  await dozer.page.close();
  const back = await Person.tab(dozer.context, server.url);
  await back.composer.waitFor();
  await back.say('still me');
  await back.sees('still me');
  const elsewhere = await Person.open(browser, server.url);
  await elsewhere.logIn('Dozer', kNext);
  for (const person of [back, elsewhere]) await person.close();
});

test('a person takes a copy and is gone', async () => {
  const mouse = await registered('Мышь', { locale: 'ru-RU' });
  const reader = await Person.open(browser, server.url);
  await reader.comeIn('Reader');
  await mouse.say('на вкус как курица');
  await reader.sees('на вкус как курица');
  const window = await openAccount(mouse, 'Настройки', 'Ваша учётная запись');
  const [download] = await Promise.all([
    mouse.page.waitForEvent('download'),
    window.getByRole('button', { name: 'Скачать мои данные' }).click(),
  ]);
  const copy = JSON.parse(await readFile(await download.path(), 'utf8'));
  assert.equal(copy.user.name, 'Мышь');
  assert.equal(copy.messages.at(-1).data.text, 'на вкус как курица');

  await window.getByText('Удалить мою учётную запись').click();
  const remove = window.getByRole('button', { name: 'Удалить навсегда' });
  assert.equal(await remove.isDisabled(), true, 'before the name was typed');
  await window.getByLabel('Введите Мышь').fill('Мышь');
  await window.getByLabel('Пароль', { exact: true }).fill('wrong-one-99');
  await remove.click();
  await window.getByRole('alert').waitFor();
  await window.getByLabel('Пароль', { exact: true }).fill(kPassword);
  await remove.click();
  await mouse.page.locator('#guest-name').waitFor();
  await mouse.page.getByText('Ваша учётная запись удалена.').waitFor();
  await mouse.assertUndisturbed();

  const late = await Person.open(browser, server.url);
  await late.comeIn('Late');
  await late.log.getByText('This message was deleted').waitFor();
  assert.equal(await late.count('на вкус как курица'), 0);
  for (const person of [mouse, reader, late]) await person.close();
});
