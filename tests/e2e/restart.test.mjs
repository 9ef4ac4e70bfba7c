// SPDX-License-Identifier: Apache-2.0
// The server is killed, again and again, while two people type: on both screens everything they said
// stands once, in the order in which each said it. What was on the wire when the server died, and is not
// in its log, is marked so: the person sends it again, and it stands where it was said then.

import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { Person, launch } from './support/browser.mjs';
import { Server } from './support/server.mjs';

const kKills = 3;
const kSaidBetween = 6;
const kBackMs = 60_000;
const kNames = ['Ada', 'Neo'];

let server, browser, ada, neo;

before(async () => {
  server = await Server.start({ 'limits.rate': 0 });
  browser = await launch();
  ada = await Person.open(browser, server.url);
  await ada.register('Ada', 'correct horse battery');
  neo = await Person.open(browser, server.url);
  await neo.comeIn('Neo');
});

after(async () => {
  await browser?.close();
  await server?.stop();
});

const lines = (person) =>
  person.log.locator('article').evaluateAll((all) =>
    all.flatMap((row) => [...row.querySelectorAll('.text')].map((text) => text.textContent.trim())),
  );

/** Types on, whatever the server does, until told to stop; gives what was said. */
function typing(person, name) {
  const said = [];
  let stop = false;
  const run = async () => {
    while (!stop) {
      said.push(`${name} says ${said.length + 1}`);
      await person.composer.fill(said.at(-1));
      await person.composer.press('Enter');
      await person.log.getByText(said.at(-1), { exact: true }).last().waitFor();
    }
  };
  const ended = run();
  return {
    said,
    enough: async () => {
      stop = true;
      await ended;
      return said;
    },
  };
}

/** Until so many more were said than now. */
async function saidOn(typed, count) {
  const enough = typed.said.length + count;
  while (typed.said.length < enough) await new Promise(setImmediate);
}

/** Nothing is on its way any more: it has arrived, or the page says that nobody knows. */
const settled = ({ page }) =>
  page.waitForFunction(() => !document.querySelector('.row.pending, .row.queued'), undefined, {
    timeout: kBackMs,
  });

/** Does what the page asks for; gives what was said again. */
async function sendAgain(person) {
  const failed = person.log.locator('article.failed');
  const again = await failed.locator('.text').allTextContents();
  assert.ok(again.length <= kKills, `more than one message was on the wire: ${again}`);
  while ((await failed.count()) > 0)
    await failed.first().getByRole('button', { name: 'Try again' }).click();
  await settled(person);
  return again;
}

test('nothing is lost and nothing stands twice', async () => {
  const typed = [typing(ada, kNames[0]), typing(neo, kNames[1])];
  const repeated = [];
  for (let kill = 0; kill < kKills; kill += 1) {
    await Promise.all(typed.map((one) => saidOn(one, kSaidBetween)));
    await server.kill();
    await Promise.all(typed.map((one) => saidOn(one, kSaidBetween)));
    await server.up();
    for (const person of [ada, neo])
      await person.banner.waitFor({ state: 'detached', timeout: kBackMs });
  }
  const said = await Promise.all(typed.map((one) => one.enough()));
  for (const person of [ada, neo]) {
    await settled(person);
    repeated.push(...(await sendAgain(person)));
  }
  for (const person of [ada, neo]) {
    for (const text of [...repeated, ...said.map((one) => one.at(-1))])
      await person.log.getByText(text, { exact: true }).first().waitFor();
    const shown = await lines(person);
    for (const [index, one] of said.entries()) {
      const theirs = shown.filter((line) => line.startsWith(`${kNames[index]} says`));
      assert.deepEqual([...theirs].sort(), [...one].sort(), 'lost, or twice');
      const once = (line) => !repeated.includes(line);
      assert.deepEqual(theirs.filter(once), one.filter(once), 'in another order');
    }
  }
});

test('both screens, and one that opens now, show the same', async () => {
  const kit = await Person.open(browser, server.url);
  await kit.comeIn('Kit');
  const all = await lines(ada);
  await kit.sees(all.at(-1));
  const late = await lines(kit);
  assert.deepEqual(await lines(neo), all);
  assert.deepEqual(late, all.slice(-late.length));
  await kit.close();
});

test('no page was reloaded, nothing was refused by the policy', async () => {
  for (const person of [ada, neo]) await person.assertUndisturbed();
});
