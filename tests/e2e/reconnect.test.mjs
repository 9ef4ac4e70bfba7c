// SPDX-License-Identifier: Apache-2.0
// The server goes and comes back: the page says so, returns by itself, and misses nothing.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Person } from './support/browser.mjs';
import { onStage } from './support/stage.mjs';

let server, browser, ada, neo;

onStage({}, async (stage) => {
  ({ server, browser } = stage);
  ada = await stage.open();
  await ada.register('Ada', 'correct horse battery');
  neo = await stage.open();
  await neo.comeIn('Neo');
});

test('the banner tells of the loss and counts down', async () => {
  await ada.say('before');
  await neo.sees('before');
  assert.equal(await server.down(), 0);
  await ada.banner.getByText(/Connection lost|Connecting/).waitFor();
  await neo.banner.waitFor();
});

test('what is written meanwhile waits, drafts stay', async () => {
  await ada.say('written while away');
  await ada.sees('Will be sent when the connection is back');
  await neo.composer.fill('half a thought');
});

test('they come back by themselves, nothing lost and nothing twice', async () => {
  await server.up();
  await ada.banner.waitFor({ state: 'detached', timeout: 40_000 });
  await neo.banner.waitFor({ state: 'detached', timeout: 40_000 });
  await neo.sees('written while away');
  for (const person of [ada, neo]) {
    assert.equal(await person.count('before'), 1);
    assert.equal(await person.count('written while away'), 1);
  }
  assert.equal(await neo.composer.inputValue(), 'half a thought');
});

test('"Try now" does not wait for the countdown', async () => {
  await server.down();
  await ada.banner.waitFor();
  await server.up();
  const button = ada.banner.getByRole('button', { name: 'Try now' });
  if (await button.isVisible()) await button.click().catch(() => {});
  await ada.banner.waitFor({ state: 'detached', timeout: 40_000 });
  await ada.say('back again');
  await neo.sees('back again');
});

test('a guest who loads the page again is the same guest', async () => {
  const kit = await Person.open(browser, server.url);
  await kit.comeIn('Kit');
  await kit.say('it is me');
  await kit.settled();
  await kit.composer.fill('not sent yet');
  for (const _ of [1, 2]) {
    await kit.page.reload();
    await kit.sees('it is me');
    const mine = kit.log.locator('article', { hasText: 'it is me' });
    await mine.getByText('you', { exact: true }).waitFor();
    await kit.page.getByRole('navigation').getByText('Kit', { exact: true }).waitFor();
    assert.equal(await kit.composer.inputValue(), 'not sent yet');
  }
  await kit.say('still me');
  await neo.sees('still me');
  assert.deepEqual(kit.faults, []);
  await kit.close();
});

test('commands work again', async () => {
  const rolled = await ada.run('/roll 2d6');
  await rolled.locator('.figure strong').waitFor();
  await ada.assertUndisturbed();
  await neo.assertUndisturbed();
});
