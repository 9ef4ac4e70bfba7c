// SPDX-License-Identifier: Apache-2.0
// What people type is text, whatever it looks like and whichever field it went through.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Person, kPhone } from './support/browser.mjs';
import { assertInert } from './support/inert.mjs';
import { kNaughty, kScripts } from './support/naughty.mjs';
import { onStage } from './support/stage.mjs';
import { Wire } from './support/wire.mjs';

let server, browser, ada, neo;

// Faster than any person: what is tried here is not the limit.
onStage({ 'limits.rate': 0 }, async (stage) => {
  ({ server, browser } = stage);
  ada = await stage.open();
  neo = await stage.open({ viewport: kPhone });
  await ada.register('Ada', 'correct horse battery');
  await neo.comeIn('Neo');
});

test('the server tells the browser to trust nothing else', async () => {
  const page = await fetch(server.url);
  const policy = page.headers.get('content-security-policy');
  for (const rule of [
    "default-src 'none'",
    "script-src 'self'",
    "require-trusted-types-for 'script'",
    'trusted-types parley dompurify',
    "frame-ancestors 'none'",
    "base-uri 'none'",
  ])
    assert.ok(policy.includes(rule), `${rule} is not in ${policy}`);
  assert.doesNotMatch(policy, /unsafe-(inline|eval)/);
  assert.equal(page.headers.get('x-content-type-options'), 'nosniff');
});

test('a string becomes neither markup nor a program, and nobody lets it', async () => {
  const eve = await Person.open(browser, server.url);
  await eve.comeIn('Mallory');
  const outcomes = await eve.page.evaluate(() => {
    const box = document.createElement('div');
    const tries = {
      markup: () => (box.innerHTML = '<b>x</b>'),
      fragment: () => box.insertAdjacentHTML('beforeend', '<b>x</b>'),
      parser: () => new DOMParser().parseFromString('<b>x</b>', 'text/html'),
      frame: () => (document.createElement('iframe').srcdoc = '<b>x</b>'),
      script: () => (document.createElement('script').text = 'window.hacked=1'),
      address: () => (document.createElement('script').src = '/assets/x.js'),
      worker: () => new Worker('/assets/x.js'),
      shared: () => new SharedWorker('/assets/x.js'),
      policy: () => trustedTypes.createPolicy('mallory', { createHTML: (html) => html }),
      again: () => trustedTypes.createPolicy('parley', { createHTML: (html) => html }),
      unnamed: () => trustedTypes.createPolicy('default', { createHTML: (html) => html }),
    };
    return Object.entries(tries).map(([name, attempt]) => {
      try {
        attempt();
        return `${name} worked`;
      } catch (error) {
        return error instanceof TypeError ? 'refused' : String(error);
      }
    });
  });
  assert.deepEqual([...new Set(outcomes)], ['refused'], outcomes.join(', '));
  await eve.page.evaluate(() => navigator.serviceWorker.register('/evil.js')).then(
    () => assert.fail('a service worker was registered from a string'),
    (error) => assert.match(error.message, /TrustedScriptURL/),
  );
  await eve.close();
});

test('names and texts stay text in titles, whoever made them up', async () => {
  const wire = new Wire();
  let self = '';
  wire.rewrite = (frame) => {
    if (frame.type === 'welcome') self = frame.data.user.id;
    return frame;
  };
  const tom = await Person.open(browser, server.url, { wire });
  await tom.comeIn('Tom');
  const letters = tom.page.getByRole('navigation').locator('.rail-item');
  for (const [index, name] of kNaughty.entries()) {
    const id = `u_hostile${index}`;
    wire.push({
      type: 'chatMessage',
      channel: `dm:${[self, id].sort().join(':')}`,
      offset: 1,
      user: { id, name, kind: 'user' },
      data: { from: name, text: name },
    });
    await letters.nth(index + 1).getByRole('button').first().click();
    await tom.page.waitForFunction(() => !document.title.includes('global'));
    const title = await tom.page.title();
    assert.ok([...title].length < 70, title);
    assert.doesNotMatch(title, /[\p{Cc}\u202A-\u202E\u2066-\u2069]/u);
    await assertInert(tom);
  }
  await tom.assertUndisturbed();
  await tom.close();
});

test('messages stay text for everybody', async () => {
  for (const text of kNaughty) await ada.say(text);
  await ada.say('the end');
  await neo.sees('the end');
  await ada.settled();
  for (const person of [ada, neo]) await assertInert(person);
  for (const text of kScripts.slice(0, 4)) assert.equal(await neo.count(text), 1, text);
});

test('direct messages and what the bot repeats stay text', async () => {
  for (const text of kScripts) {
    await ada.say(`/msg Neo ${text}`);
  }
  for (const text of kScripts.slice(0, 10)) await ada.say(`/ask my name is ${text}`);
  await ada.run('/whoami');
  await neo.page.getByRole('button', { name: 'Channels' }).click();
  const item = neo.page.getByRole('navigation').getByRole('button', { name: /^Ada/ });
  await item.click();
  await neo.sees(kScripts[0]);
  for (const person of [ada, neo]) await assertInert(person);
});

test('topics stay text', async () => {
  for (const text of [...kScripts.slice(0, 8), kScripts.at(-1)]) await ada.run(`/topic ${text}`);
  await neo.page.getByRole('button', { name: 'Channels' }).click();
  await neo.page
    .getByRole('navigation')
    .getByRole('button', { name: /^global/ })
    .click();
  await neo.page.getByText(kScripts.at(-1)).first().waitFor({ state: 'attached' });
  for (const person of [ada, neo]) await assertInert(person);
});

test('names are refused or stay text', async () => {
  const eve = await Person.open(browser, server.url);
  for (const name of kScripts.slice(0, 10)) {
    await eve.page.locator('#guest-name').fill(name);
    await eve.page.getByRole('button', { name: 'Come in as guest' }).click();
    await eve.page.locator('.form-error').waitFor();
    await assertInert(eve);
  }
  await eve.assertUndisturbed();
  await eve.close();
});

test('channel names and searches stay text', async () => {
  await ada.page.keyboard.press('Control+k');
  for (const text of kScripts) await ada.page.getByRole('combobox').fill(text);
  await ada.page.keyboard.press('Escape');
  await ada.page.getByRole('button', { name: 'Join a channel' }).click();
  for (const text of kScripts) await ada.page.getByRole('dialog').getByLabel('Name').fill(text);
  await ada.page.keyboard.press('Escape');
  await assertInert(ada);
});

test('arguments of commands are answered, not run', async () => {
  const names = ['roll', 'take', 'attack', 'join', 'nosuch', 'help', 'castSpell'];
  for (const [index, text] of kScripts.entries())
    await ada.say(`/${names[index % names.length]} ${text}`);
  for (const text of kScripts.slice(0, 5)) await ada.say(`/${text}`);
  const last = await ada.run('/whoami');
  await last.scrollIntoViewIfNeeded();
  await assertInert(ada);
});

test('nothing was refused by the policy, no page broke', async () => {
  await ada.assertUndisturbed();
  await neo.assertUndisturbed();
});
