// SPDX-License-Identifier: Apache-2.0
// Several tabs of one browser: one session on the server, each tab with a view of its own.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Person } from './support/browser.mjs';
import { onStage } from './support/stage.mjs';

let server, browser, first, second, neo;

onStage({ 'limits.rate': 0 }, async (stage) => {
  ({ server, browser } = stage);
  first = await stage.open();
  await first.register('Ada', 'correct horse battery');
  neo = await stage.open();
  await neo.comeIn('Neo');
});

async function sessions(name) {
  const { sessions: all } = JSON.parse(await server.ctl('-o', 'json', 'sessions'));
  return all.filter((session) => session.user === name).length;
}

test('a second tab is in at once, on the connection there is', async () => {
  await first.say('said before');
  await neo.sees('said before');
  second = await Person.tab(first.context, server.url);
  await second.composer.waitFor();
  await second.sees('said before');
  assert.equal(await sessions('Ada'), 1);
});

test('both hear everything once, whichever of them speaks', async () => {
  await neo.say('to both');
  await first.say('from the first');
  await second.say('from the second');
  for (const person of [first, second, neo]) {
    for (const text of ['to both', 'from the first', 'from the second']) {
      await person.sees(text);
      assert.equal(await person.count(text), 1, text);
    }
  }
});

test('each tab has its own channel, draft and answers', async () => {
  await second.say('/join tea');
  await second.page.getByRole('heading', { name: 'tea' }).waitFor();
  await second.composer.fill('half a sentence');
  await first.page.getByRole('heading', { name: 'global' }).waitFor();
  assert.equal(await first.composer.inputValue(), '');
  const rolled = await first.run('/roll 2d6');
  await rolled.locator('.figure strong').waitFor();
  assert.equal(await second.page.locator('.figure').count(), 0);
});

test('the tab that was first closes, and nothing is lost', async () => {
  await neo.say('just before');
  await first.page.close();
  await neo.say('just after');
  await second.page.getByRole('navigation').getByRole('button', { name: /^global/ }).click();
  for (const text of ['just before', 'just after']) {
    await second.sees(text);
    assert.equal(await second.count(text), 1);
  }
  await second.say('still here');
  await neo.sees('still here');
  assert.equal(await sessions('Ada'), 1);
});

test('a lost connection comes back for all of them', async () => {
  first = await Person.tab(second.context, server.url);
  await first.composer.waitFor();
  await server.down();
  await first.banner.waitFor();
  await second.banner.waitFor();
  await first.say('written while away');
  await server.up();
  for (const person of [first, second, neo])
    await person.banner.waitFor({ state: 'detached', timeout: 40_000 });
  for (const person of [first, second, neo]) {
    await person.sees('written while away');
    assert.equal(await person.count('written while away'), 1);
  }
});

test('logging out of one logs out of all, and so does coming in again', async () => {
  await first.logOut();
  await second.page.getByRole('button', { name: 'Come in as guest' }).waitFor();
  await first.logIn('Ada', 'correct horse battery');
  await second.composer.waitFor();
  await second.sees('still here');
});

test('guests of two tabs are two people', async () => {
  const context = await browser.newContext({ locale: 'en-US' });
  const [a, b] = [await Person.tab(context, server.url), await Person.tab(context, server.url)];
  await a.comeIn('Trinity');
  await b.comeIn('Morpheus');
  await a.say('who are you');
  await b.sees('who are you');
  await b.say('another one');
  await a.sees('another one');
  for (const person of [a, b]) await person.assertUndisturbed();
  await context.close();
});

test('a browser without shared workers keeps a connection for each tab', async () => {
  const context = await browser.newContext({ locale: 'en-US' });
  await context.addInitScript(() => delete window.SharedWorker);
  const one = await Person.tab(context, server.url);
  await one.register('Trent', 'correct horse battery');
  const other = await Person.tab(context, server.url);
  await other.composer.waitFor();
  await one.say('from one');
  await other.sees('from one');
  assert.equal(await sessions('Trent'), 2);
  for (const person of [one, other]) await person.assertUndisturbed();
  await context.close();
});

test('no page was reloaded, nothing was refused by the policy', async () => {
  for (const person of [first, second, neo]) await person.assertUndisturbed();
});
