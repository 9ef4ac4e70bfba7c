// SPDX-License-Identifier: Apache-2.0
// What plugins and backends may send, told by a hand on the wire: answers that grow, words for one person
// alone, and hostile texts in every field of every frame the page knows.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Person, kPhone, kWide } from './support/browser.mjs';
import { assertInert } from './support/inert.mjs';
import { kNaughty, kScripts, kShapes } from './support/naughty.mjs';
import { onStage } from './support/stage.mjs';
import { Wire, withText } from './support/wire.mjs';

let server, browser;

onStage({ 'limits.rate': 0 }, (stage) => {
  ({ server, browser } = stage);
});

async function open(name, options = {}) {
  const wire = new Wire();
  const person = await Person.open(browser, server.url, { ...options, wire });
  await person.comeIn(name);
  return [person, wire];
}

test('an answer grows word by word, and stands once when it is whole', async () => {
  const [ada, wire] = await open('Listener');
  let story;
  wire.lines.set('/story', (id, send) => (story = { id, send }));
  await ada.say('/story');
  const entry = ada.commands.first();
  await entry.locator('.running').waitFor();
  const words = ['Once **there', '** was <b', '>a</b> server'];
  const shown = ['Once **there', 'Once there was <b', 'Once there was <b>a</b> server'];
  for (const [index, append] of words.entries()) {
    story.send({ for: story.id, type: 'progress', data: { append } });
    await entry.locator('.growing').getByText(shown[index], { exact: true }).waitFor();
  }
  assert.equal(await entry.locator('.growing b').count(), 0);
  const bottom = await ada.page
    .locator('.scroller')
    .evaluate((box) => box.scrollHeight - box.scrollTop - box.clientHeight);
  assert.ok(bottom < 2, 'the list did not follow the answer as it grew');
  const data = { from: 'Parley', bot: true, format: 'markdown', text: words.join('') };
  story.send({ id: story.id, type: 'botMessage', data });
  await entry.locator('.answer:not(.growing)').waitFor();
  assert.equal(await ada.log.getByText(shown[2], { exact: true }).count(), 1);
  await entry.getByText('Only you see this').waitFor();
  await ada.assertUndisturbed();
  await ada.close();
});

test('a bot’s word for one person alone says so', async () => {
  const [ada, wire] = await open('Confidant');
  wire.push({ type: 'botMessage', data: { from: 'Parley', bot: true, text: 'between us' } });
  const said = ada.log.locator('article.bot').filter({ hasText: 'between us' });
  await said.getByText('Only you see this').waitFor();
  await ada.close();
});

test('a world event is one line that everybody’s screen reader hears once', async () => {
  const [ada, wire] = await open('Watcher');
  wire.push({ type: 'worldEvent', event: 'solarEclipse', text: 'The sun goes dark.' });
  const line = ada.log.locator('.world-event');
  await line.getByText('Solar eclipse').waitFor();
  await line.getByText('The sun goes dark.').waitFor();
  assert.equal(await ada.page.getByText('The sun goes dark.').count(), 1);
  await ada.close();
});

const kThing = { id: 'thing', name: 'x', count: 2, hp: 1, maxHp: 2 };
const kButton = { label: 'x', style: 'x', command: { action: 'look', place: 'x' } };
const kCard = { kind: 'poll', title: 'x', text: 'x', fields: [{ name: 'x', value: 'x' }] };

/** One of each that the page has a place for, and two it has none for. */
const kFrames = [
  { type: 'chatMessage', channel: 'global', user: { id: 'u_x', kind: 'user' }, data: { from: 'x', text: 'x' } },
  {
    type: 'chatMessage',
    channel: 'global',
    user: { id: 'b_x', kind: 'bot' },
    origin: { ns: 'x', id: 'x' },
    data: { from: 'x', bot: true, format: 'markdown', text: 'x', buttons: [kButton], card: kCard },
  },
  { type: 'botMessage', data: { from: 'x', bot: true, text: 'x', card: { ...kCard, fields: { x: 'x' } } } },
  {
    type: 'playerStateUpdate',
    data: {
      name: 'x',
      text: 'x',
      guild: 'x',
      hp: 1,
      room: { name: 'x', description: 'x', exits: ['x'], items: [kThing], players: [kThing], creatures: [kThing] },
      inventory: [kThing],
    },
  },
  { type: 'combatResult', data: { attacker: 'x', target: 'x', damage: 1, targetHp: 1, targetMaxHp: 2, text: 'x', curse: 'x' } },
  { type: 'scoreBoard', data: { text: 'x', scores: [{ place: 1, name: 'x', score: 1, level: 1 }] } },
  { type: 'diceRolled', data: { dice: 'x', rolls: [1, 2], total: 3, text: 'x', luck: 'x' } },
  { type: 'whoami', data: { name: 'x', kind: 'x', roles: ['x'], id: 'x', session: 'x' } },
  { type: 'channels', data: { channels: [{ name: 'x', members: 1, topic: 'x' }], next: 'x' } },
  { type: 'presence', channel: 'global', data: { total: 2, users: [{ id: 'u_x', name: 'x', kind: 'user' }] } },
  { type: 'join', channel: 'global', user: { id: 'u_y', kind: 'user' }, data: { name: 'x' } },
  { type: 'typing', channel: 'global', data: { user: { id: 'u_x', name: 'x' } } },
  { type: 'topic', channel: 'global', data: { topic: 'x' } },
  { type: 'history', data: { messages: [{ type: 'chatMessage', data: { from: 'x', text: 'x' } }] } },
  { type: 'ok', id: 'none', data: { text: 'x', note: 'x' } },
  { type: 'error', data: { code: 'x', message: 'x', fields: { x: 'x' } } },
  { type: 'commandsChanged', data: { rev: 2, added: ['x'], removed: ['x'] } },
  { type: 'worldEvent', event: 'x', text: 'x' },
  { type: 'weatherReport', data: { title: 'x', text: 'x', wind: { name: 'x', from: ['x'] } } },
];

// What runs as a script does so at any width; what breaks a layout does so on a phone first.
for (const [place, viewport, texts] of [
  ['a wide screen', kWide, kNaughty],
  ['a phone', kPhone, [...kScripts.slice(0, 3), ...kShapes]],
]) {
  test(`hostile texts in every field of every frame stay text on ${place}`, async () => {
    const [ada, wire] = await open(`Target ${viewport.width}`, { viewport });
    if (viewport === kWide) await ada.openSide('Game');
    for (const text of texts) {
      for (const frame of kFrames) wire.push(withText(frame, text));
      wire.push({ type: 'chatMessage', data: { from: 'Guard', text: 'next' } });
      await ada.log.getByText('next').last().waitFor();
      await assertInert(ada);
    }
    const side = await ada.openSide('People');
    const users = texts.map((name, index) => ({ id: `u_${index}`, name, kind: 'user' }));
    users.push({ id: 'u_last', name: 'Zoe', kind: 'user' });
    wire.push({ type: 'presence', channel: 'global', data: { total: users.length, users } });
    await side.getByText('Zoe', { exact: true }).waitFor();
    await assertInert(ada);
    assert.match(await ada.page.title(), /^(\(\d+\) )?global · Parley$/);
    await ada.assertUndisturbed();
    await ada.close();
  });
}

test('hostile names of oneself, of commands and of topics stay text', async () => {
  for (const [index, text] of [...kScripts.slice(0, 6), kNaughty.at(-2)].entries()) {
    const wire = new Wire();
    const types = ['welcome', 'commands', 'subscribed'];
    const kept = ['type', 'channel', 'id', 'session', 'resume', 'node', 'kind', 'roles', 'channels'];
    wire.rewrite = (frame) => (types.includes(frame.type) ? withText(frame, text, kept) : frame);
    const eve = await Person.open(browser, server.url, { viewport: kPhone, wire });
    await eve.comeIn(`Eve ${index}`);
    await eve.composer.fill('/');
    await eve.page.getByRole('option').first().waitFor();
    await assertInert(eve);
    await eve.composer.fill('');
    await eve.page.getByRole('button', { name: 'Channels' }).click();
    await assertInert(eve);
    await eve.assertUndisturbed();
    await eve.close();
  }
});
