// SPDX-License-Identifier: Apache-2.0
// Notifications: asked for by a click, shown while nobody looks, as text whatever they say.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Person } from './support/browser.mjs';
import { kScripts, kShapes } from './support/naughty.mjs';
import { onStage } from './support/stage.mjs';

let server, ada, neo;

onStage({ 'limits.rate': 0 }, async (stage) => {
  ({ server } = stage);
  ada = await stage.open();
  await ada.register('Ada', 'correct horse battery');
  neo = await stage.open();
  await neo.comeIn('Neo');
  await ada.page.evaluate(async () => void (await navigator.serviceWorker.ready));
});

/** As if another window lay over it. */
const cover = (person, covered) =>
  person.page.evaluate((hidden) => {
    Object.defineProperty(document, 'hidden', { configurable: true, get: () => hidden });
    document.dispatchEvent(new Event('visibilitychange'));
  }, covered);

const notes = () =>
  ada.page.evaluate(async () => {
    const { getNotifications } = ServiceWorkerRegistration.prototype;
    const all = await getNotifications.call(await navigator.serviceWorker.ready);
    return all.map(({ title, body, tag }) => ({ title, body, tag }));
  });

async function noted(body) {
  await ada.page.waitForFunction(async (text) => {
    const all = await (await navigator.serviceWorker.ready).getNotifications();
    return all.some((note) => note.body.includes(text));
  }, body);
}

test('nobody is asked before the click', async () => {
  assert.equal(await ada.page.evaluate(() => Notification.permission), 'default');
  await ada.context.grantPermissions(['notifications']);
  await ada.page.getByRole('button', { name: 'Settings' }).click();
  await ada.page.getByRole('button', { name: 'Turn on' }).click();
  await ada.page.getByRole('button', { name: 'Turn off' }).waitFor();
  await ada.page.keyboard.press('Escape');
});

test('a mention and a direct message call, the rest does not', async () => {
  await neo.say('Ada, you see this');
  await ada.sees('Ada, you see this');
  await cover(ada, true);
  await neo.say('nobody in particular');
  await neo.say('@Ada come here');
  await noted('@Ada come here');
  await neo.run('/msg Ada between us');
  await noted('between us');
  const shown = await notes();
  assert.deepEqual(shown.map(({ title }) => title).sort(), ['Neo', 'Neo · global']);
  assert.match(await ada.page.title(), /^\(\d\) global · Parley$/);
});

test('a tab that is looked at keeps the others quiet', async () => {
  const other = await Person.tab(ada.context, server.url);
  await other.composer.waitFor();
  const before = (await notes()).length;
  await neo.say('Ada, in the other tab');
  await other.sees('Ada, in the other tab');
  await neo.say('the end');
  await ada.sees('the end');
  assert.equal((await notes()).length, before);
  await other.page.close();
});

test('a muted channel does not call', async () => {
  await cover(ada, false);
  await ada.page.getByRole('button', { name: 'Mute global' }).click();
  await cover(ada, true);
  const before = (await notes()).length;
  await neo.say('Ada, quietly');
  await ada.sees('Ada, quietly');
  await neo.run('/msg Ada loudly');
  await noted('loudly');
  assert.equal((await notes()).length, before + 1);
  await ada.page.getByRole('button', { name: 'Unmute global' }).click();
});

test('what they say is text, on one line, in its own direction', async () => {
  for (const text of [...kScripts, ...kShapes]) await neo.say(`Ada ${text}`);
  await neo.say('Ada, that was all');
  await noted('that was all');
  const shown = await notes();
  assert.ok(shown.length > kScripts.length);
  for (const { title, body } of shown) {
    assert.ok([...title].length <= 60 && [...body].length <= 200, `${title}: ${body}`);
    assert.doesNotMatch(title + body, /[\p{Cc}\u202A-\u202E\u2066-\u2069]/u);
  }
  assert.equal(await ada.page.evaluate(() => window.hacked), undefined);
});

test('titles of the tab are text too', async () => {
  await cover(ada, false);
  await ada.page.getByRole('navigation').getByRole('button', { name: /^Neo/ }).click();
  await ada.page.waitForFunction(() => document.title === 'Neo · Parley');
  assert.equal(await ada.page.evaluate(() => window.hacked), undefined);
});

test('a click opens the conversation', async () => {
  await ada.page.getByRole('navigation').getByRole('button', { name: /^global/ }).click();
  const [worker] = ada.context.serviceWorkers();
  await worker.evaluate(async () => {
    const note = (await self.registration.getNotifications()).find(({ body }) => body === 'loudly');
    self.dispatchEvent(new NotificationEvent('notificationclick', { notification: note }));
  });
  await ada.page.getByRole('heading', { name: 'Neo', level: 1 }).waitFor();
});

test('nothing was refused by the policy, no page was reloaded', async () => {
  for (const person of [ada, neo]) await person.assertUndisturbed();
});
