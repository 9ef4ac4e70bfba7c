// SPDX-License-Identifier: Apache-2.0
// An answer to one message, and the way to the message that is answered, against a server played by hand.

import { beforeEach, describe, expect, it } from 'vitest';
import type { Data, Frame } from '@parley/client';
import { FakeEnvironment, settle } from '@parley/client/testing';
import { App } from './app';
import type { Channel } from './channel';
import { messageAt, type MessageEntry } from './timeline';

let env: FakeEnvironment;
let app: App;
let channel: Channel;

const chat = (offset: number, text: string, more: Data = {}): Data => ({
  type: 'chatMessage',
  channel: 'global',
  offset,
  ts: env.now(),
  user: { id: 'u_ada', kind: 'user' },
  data: { from: 'Ada', text, ...more },
});
const push = (data: Data): void => env.socket.push(data as unknown as Frame);
const subscribed = async (data: Data): Promise<void> => {
  const answer = { channel: 'global', recovered: true, ...data };
  env.socket.reply(env.socket.find('subscribe'), 'subscribed', answer);
  await settle();
};
const sent = (): Data[] =>
  env.socket.sent.filter(({ action }) => action === 'sendChat').map(({ data }) => data!);
const newest = (): MessageEntry => channel.entries.value.at(-1) as MessageEntry;
const answer = (offset: number): void =>
  app.revising.answer(channel, messageAt(channel.entries.value, offset)!);

beforeEach(async () => {
  localStorage.clear();
  sessionStorage.clear();
  env = new FakeEnvironment();
  app = new App(env);
  void app.signIn({ kind: 'guest', name: 'Neo' });
  env.socket.accept();
  env.socket.welcome('Neo', { channels: { global: 302 } });
  await settle();
  await subscribed({ offset: 302, messages: [chat(301, 'tea?'), chat(302, 'or coffee?')] });
  channel = app.active.value!;
});

describe('an answer', () => {
  it('names the message it is for, once', () => {
    answer(301);
    app.outgoing.submit(channel, 'tea, please');
    expect(newest()).toMatchObject({ text: 'tea, please', replyTo: 301 });
    app.outgoing.submit(channel, 'and milk');
    expect(newest().replyTo).toBeUndefined();
    env.socket.reply(env.socket.find('sendChat'), 'ok', { offset: 303 });
    expect(sent()[0]).toEqual({ channel: 'global', message: 'tea, please', replyTo: 301 });
  });

  it('waits for the connection like any message', async () => {
    env.socket.drop();
    await settle();
    answer(302);
    app.outgoing.submit(channel, 'coffee');
    expect(newest()).toMatchObject({ status: 'queued', replyTo: 302 });
    env.pass(20_000);
    env.socket.accept();
    env.socket.welcome('Neo', { channels: { global: 302 } });
    await settle();
    await subscribed({ offset: 302, messages: [] });
    expect(sent()).toEqual([{ channel: 'global', message: 'coffee', replyTo: 302 }]);
    env.socket.reply(env.socket.find('sendChat'), 'ok', { offset: 303 });
    await settle();
    expect(newest()).toMatchObject({ status: 'sent', offset: 303, replyTo: 302 });
  });

  it('stays one when it is tried again', async () => {
    answer(301);
    app.outgoing.submit(channel, 'tea');
    env.socket.reply(env.socket.find('sendChat'), 'error', { code: 'forbidden', message: 'no' });
    await settle();
    app.outgoing.retry(channel, newest().key);
    await settle();
    expect(sent()).toHaveLength(2);
    expect(sent()[1]).toEqual(sent()[0]);
  });

  it('is no affair of a command that is run meanwhile', () => {
    answer(301);
    app.outgoing.submit(channel, '/roll');
    expect(sent()[0]).toEqual({ channel: 'global', message: '/roll' });
    expect(channel.answering.value).toMatchObject({ offset: 301 });
  });

  it('is left out where its message goes meanwhile', () => {
    answer(301);
    push({ ...chat(303, ''), type: 'chatDeleted', data: { from: 'Ada', offset: 301 } });
    expect(channel.answering.value).toBeUndefined();
    const gone = messageAt(channel.entries.value, 301)!;
    expect(app.revising.mayAnswer(gone)).toBe(false);
  });

  it('is offered for what the channel has, and for nothing else', () => {
    push({ type: 'botMessage', data: { from: 'Parley', bot: true, text: 'between us' } });
    expect(app.revising.mayAnswer(newest())).toBe(false);
    app.outgoing.submit(channel, 'on its way');
    expect(app.revising.mayAnswer(newest())).toBe(false);
  });
});

describe('the message that is answered', () => {
  const asked = (): (Data | undefined)[] =>
    env.socket.sent.filter(({ action }) => action === 'history').map(({ data }) => data);
  const page = async (first: number, last: number, more: boolean): Promise<void> => {
    const messages = [];
    for (let offset = first; offset <= last; offset += 1) messages.push(chat(offset, `m${offset}`));
    env.socket.reply(env.socket.find('history'), 'history', { messages, more });
    await settle();
  };

  it('is read from the server, page by page, behind the one that is on its way', async () => {
    const scrolled = app.sync.loadOlder(channel);
    const found = app.sync.loadBackTo(channel, 60);
    expect(asked()).toEqual([{ channel: 'global', limit: 50, before: 301 }]);
    await page(251, 300, true);
    await scrolled;
    expect(asked().at(-1)).toMatchObject({ limit: 200, before: 251 });
    await page(51, 250, true);
    expect(await found).toBe(true);
    expect(asked()).toHaveLength(2);
    expect(messageAt(channel.entries.value, 60)?.text).toBe('m60');
  });

  it('is out of reach where it is kept no more, or the server does not answer', async () => {
    const gone = app.sync.loadBackTo(channel, 7);
    await page(200, 300, false);
    expect(await gone).toBe(false);
    channel.more.value = true;
    const away = app.sync.loadBackTo(channel, 7);
    env.socket.drop();
    await settle();
    expect(await away).toBe(false);
  });
});

it('tells who changed it by itself, where the change is not at hand', () => {
  push(chat(303, 'calmer', { edited: true, editedBy: 'Morpheus' }));
  expect(newest()).toMatchObject({ edited: true, changedBy: 'Morpheus' });
});

it('of whoever deleted their account keeps no name and leads to nobody', () => {
  push({ ...chat(303, '', { deleted: true }), user: { id: 'u_deleted', kind: 'user' } });
  const nobody = { id: 'u_deleted', name: '', kind: 'deleted' };
  expect(newest().author).toEqual(nobody);
  push({ ...chat(304, ''), type: 'chatDeleted', user: nobody, data: { from: 'deleted', offset: 302 } });
  const gone = messageAt(channel.entries.value, 302)!;
  expect(gone).toMatchObject({ author: nobody, deleted: true, text: '' });
  expect(gone.changedBy).toBeUndefined();
});

describe('a message of a plugin that reads otherwise now', () => {
  const press = { label: 'Tea', command: { action: 'vote', option: 1 } };
  const change = (offset: number, data: Data): void =>
    push({ ...chat(offset, ''), type: 'chatEdited', data: { from: 'Ada', offset: 303, ...data } });
  beforeEach(() => push(chat(303, 'tea or coffee?', { buttons: [press], card: { title: 'open' } })));

  it('has the buttons that came with the change', () => {
    change(304, { text: 'tea, coffee or water?', buttons: [press, { ...press, label: 'Water' }] });
    expect(newest().buttons.map(({ label }) => label)).toEqual(['Tea', 'Water']);
  });

  it('has none where none came, and nothing is left to press', () => {
    change(304, { text: 'closed: tea', card: { title: 'closed' } });
    expect(newest()).toMatchObject({ text: 'closed: tea', buttons: [], card: { title: 'closed' } });
  });
});
