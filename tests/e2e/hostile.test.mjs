// SPDX-License-Identifier: Apache-2.0
// What people type is text, whatever it looks like.

import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { Person, launch } from './support/browser.mjs';
import { Server } from './support/server.mjs';

const kHostile = [
  '<script>window.hacked=1</script>',
  '<img src=x onerror="window.hacked=1">',
  '"><svg onload="window.hacked=1">',
  'javascript:window.hacked=1',
  '[click](javascript:window.hacked=1)',
  '![x](https://127.0.0.1/x.png)',
  '{{constructor.constructor("window.hacked=1")()}}',
  '${window.hacked=1}',
  '\u202Eright to left override',
  'Z\u0351\u0352\u0353algo \u{1F469}\u200D\u{1F469}\u200D\u{1F467}',
  '__proto__ constructor toString',
  `${'long'.repeat(400)}`,
];

let server, browser, ada, neo;

before(async () => {
  server = await Server.start();
  browser = await launch();
  ada = await Person.open(browser, server.url);
  neo = await Person.open(browser, server.url);
  await ada.comeIn('Ada');
  await neo.comeIn('Neo');
});

after(async () => {
  await browser?.close();
  await server?.stop();
});

test('hostile messages stay text for everybody', async () => {
  for (const text of kHostile) {
    await ada.say(text);
    await ada.log.locator('.pending').waitFor({ state: 'detached' });
  }
  await ada.say('the end');
  await neo.sees('the end');
  for (const { page } of [ada, neo]) {
    assert.equal(await page.evaluate(() => window.hacked), undefined);
    assert.equal(await page.locator('.scroller :is(script, img, iframe, object)').count(), 0);
    const links = await page
      .locator('.scroller a')
      .evaluateAll((all) => all.map((link) => link.protocol));
    assert.ok(
      links.every((protocol) => ['https:', 'mailto:'].includes(protocol)),
      String(links),
    );
    const wide = await page.evaluate(
      () => document.documentElement.scrollWidth - window.innerWidth,
    );
    assert.ok(wide <= 0, `${wide} px too wide`);
  }
});

test('hostile names are refused or stay text', async () => {
  const eve = await Person.open(browser, server.url);
  await eve.page.getByLabel('Name').fill('<img src=x onerror=window.hacked=1>');
  await eve.page.getByRole('button', { name: 'Come in as guest' }).click();
  await eve.page.locator('.form-error, #composer').first().waitFor();
  assert.equal(await eve.page.evaluate(() => window.hacked), undefined);
  assert.equal(await eve.page.locator('img').count(), 0);
  await eve.assertUndisturbed();
  await eve.close();
});

test('hostile command lines are answered, not run', async () => {
  for (const line of [
    '/<script>',
    '/roll <img src=x onerror=window.hacked=1>',
    '/nosuch "; drop table',
  ]) {
    const entry = await ada.run(line);
    await entry.locator('.refusal').waitFor();
  }
  assert.equal(await ada.page.evaluate(() => window.hacked), undefined);
});

test('nothing was refused by the policy, no page broke', async () => {
  await ada.assertUndisturbed();
  await neo.assertUndisturbed();
});
