// SPDX-License-Identifier: Apache-2.0
// The server is killed, again and again, while two people type: on both screens everything they said
// stands once, in the order in which each said it, and nobody had to do anything for it: what was on the
// wire when the server died goes out again under the key it had.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Person } from './support/browser.mjs';
import { onStage } from './support/stage.mjs';

const kKills = 3;
const kSaidBetween = 6;
const kBackMs = 60_000;
const kNames = ['Ada', 'Neo'];

let server, browser, ada, neo;

onStage({ 'limits.rate': 0 }, async (stage) => {
  ({ server, browser } = stage);
  ada = await stage.open();
  await ada.register('Ada', 'correct horse battery');
  neo = await stage.open();
  await neo.comeIn('Neo');
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

/** Nothing is on its way any more. */
const settled = ({ page }) =>
  page.waitForFunction(() => !document.querySelector('.row.pending, .row.queued'), undefined, {
    timeout: kBackMs,
  });

/** What the server keeps of the channel, asked for by somebody who saw none of it. */
const stored = ({ page }) =>
  page.evaluate(async () => {
    const socket = new WebSocket(`${location.origin.replace('http', 'ws')}/ws`);
    await new Promise((done) => (socket.onopen = done));
    const ask = (id, action, data) =>
      new Promise((done) => {
        socket.onmessage = ({ data: text }) => {
          const frame = JSON.parse(text);
          if (frame.id === id) done(frame.data);
        };
        socket.send(JSON.stringify({ action, id, data }));
      });
    await ask(1, 'auth', { guest: 'Clerk' });
    const all = [];
    for (let more = true, id = 2; more; id += 1) {
      const page = { channel: 'global', ...(all.length > 0 && { before: all[0].offset }) };
      const answer = await ask(id, 'history', page);
      all.unshift(...answer.messages);
      ({ more } = answer);
    }
    socket.close();
    return all.map(({ data }) => data.text);
  });

test('nothing is lost and nothing stands twice', async () => {
  const typed = [typing(ada, kNames[0]), typing(neo, kNames[1])];
  const failed = [];
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
    failed.push(...(await person.log.locator('article.failed .text').allTextContents()));
  }
  assert.deepEqual(failed, [], 'left to the person');
  for (const person of [ada, neo]) {
    for (const one of said)
      await person.log.getByText(one.at(-1), { exact: true }).first().waitFor();
    const shown = await lines(person);
    for (const [index, one] of said.entries()) {
      const theirs = shown.filter((line) => line.startsWith(`${kNames[index]} says`));
      assert.deepEqual(theirs, one, 'lost, twice, or in another order');
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

test('the server has each once', async () => {
  const kept = await stored(ada);
  const shown = await lines(ada);
  for (const name of kNames) {
    const theirs = (all) => all.filter((line) => line.startsWith(`${name} says`));
    assert.deepEqual(theirs(kept), theirs(shown));
  }
});

test('no page was reloaded, nothing was refused by the policy', async () => {
  for (const person of [ada, neo]) await person.assertUndisturbed();
});
