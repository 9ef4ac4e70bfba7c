// SPDX-License-Identifier: Apache-2.0
// Changed messages, what was read and who is blocked, against a server played by hand.

import { beforeEach, describe, expect, it } from 'vitest';
import type { Data, Frame } from '@parley/client';
import { FakeEnvironment, settle } from '@parley/client/testing';
import { App } from './app';
import type { Channel } from './channel';
import type { MessageEntry } from './timeline';

const kAda = { id: 'u_ada', kind: 'user' };
const kNeo = { id: 'g_1', kind: 'guest' };

let env: FakeEnvironment;
let app: App;
let channel: Channel;

const stored = (type: string, offset: number, data: Data, user = kAda): Data => ({
  type,
  channel: 'global',
  offset,
  ts: env.now(),
  user,
  data: { from: user === kAda ? 'Ada' : 'Neo', ...data },
});
const chat = (offset: number, text: string, user = kAda): Data =>
  stored('chatMessage', offset, { text }, user);
const push = (data: Data): void => env.socket.push(data as unknown as Frame);
const sent = (action: string): Data[] =>
  env.socket.sent.filter((frame) => frame.action === action).map((frame) => frame.data ?? {});
const subscribed = async (name: string, data: Data): Promise<void> => {
  env.socket.reply(env.socket.find('subscribe'), 'subscribed', {
    channel: name,
    recovered: true,
    ...data,
  });
  await settle();
};
const message = (offset: number): MessageEntry =>
  channel.entries.value.find(
    (entry): entry is MessageEntry => entry.kind === 'message' && entry.offset === offset,
  )!;
const texts = (): string[] =>
  channel.entries.value.map((entry) => (entry.kind === 'message' ? entry.text : entry.kind));
const refuse = (action: string, code: string): void =>
  env.socket.reply(env.socket.find(action), 'error', { code, message: 'because' });

async function comeIn(roles: string[], first: () => Data): Promise<void> {
  localStorage.clear();
  sessionStorage.clear();
  env = new FakeEnvironment();
  app = new App(env);
  void app.signIn({ kind: 'guest', name: 'Neo' });
  env.socket.accept();
  const user = { id: 'g_1', name: 'Neo', kind: 'guest', roles };
  env.socket.welcome('Neo', { user, channels: { global: 3 } });
  await settle();
  await subscribed('global', first());
  channel = app.active.value!;
}

const page = (): Data => ({
  offset: 3,
  read: 3,
  unread: 0,
  mentions: 0,
  messages: [chat(1, 'one'), chat(2, 'two', kNeo), chat(3, 'three')],
});

describe('a change', () => {
  beforeEach(() => comeIn(['user'], page));

  it('rewrites its message and has no row of its own', () => {
    push(stored('chatEdited', 4, { offset: 1, text: 'won' }));
    expect(texts()).toEqual(['won', 'two', 'three']);
    expect(message(1)).toMatchObject({ edited: true });
    expect(message(1).changedBy).toBeUndefined();
    expect(channel.lastOffset).toBe(4);
  });

  it('is told to nobody as unread', () => {
    app.atBottom = false;
    push(stored('chatEdited', 4, { offset: 1, text: 'hello @Neo' }));
    push(stored('chatDeleted', 5, { offset: 3 }));
    expect([channel.unread.value, channel.mentions.value]).toEqual([0, 0]);
  });

  it('says who took away what another wrote', () => {
    push(stored('chatDeleted', 4, { offset: 2 }));
    expect(message(2)).toMatchObject({ deleted: true, text: '', changedBy: 'Ada' });
  });

  it('that was followed by another, is broken or unknown changes nothing', () => {
    push(stored('chatEdited', 4, { offset: 1, superseded: true }));
    push(stored('chatEdited', 5, { offset: 'one', text: 'x' }));
    push(stored('chatEdited', 6, { offset: 1 }));
    push(stored('chatEdited', 7, { offset: 99, text: 'x' }));
    push(stored('chatEdited', 8, { offset: 8, text: 'x' }));
    expect(texts()).toEqual(['one', 'two', 'three']);
    expect(channel.lastOffset).toBe(8);
  });

  it('of a message that is loaded later is known then', async () => {
    push(stored('chatDeleted', 4, { offset: 1, from: 'Trinity' }, { id: 'u_t', kind: 'user' }));
    channel.entries.value = channel.entries.value.slice(1);
    channel.oldest = 2;
    channel.more.value = true;
    void app.sync.loadOlder(channel);
    const gone = stored('chatMessage', 1, { text: '', deleted: true });
    env.socket.reply(env.socket.find('history'), 'history', { messages: [gone], more: false });
    await settle();
    expect(message(1)).toMatchObject({ deleted: true, changedBy: 'Trinity' });
  });

  it('is no end of the past: a page of nothing else is gone through', async () => {
    channel.more.value = true;
    channel.oldest = 10;
    channel.entries.value = [];
    void app.sync.loadOlder(channel);
    expect(sent('history').at(-1)).toMatchObject({ before: 10 });
    const changes = [8, 9].map((at) => stored('chatEdited', at, { offset: 1, superseded: true }));
    env.socket.reply(env.socket.find('history'), 'history', { messages: changes, more: true });
    await settle();
    expect(texts()).toEqual([]);
    void app.sync.loadOlder(channel);
    expect(sent('history').at(-1)).toMatchObject({ before: 8 });
  });
});

describe('rewriting', () => {
  beforeEach(() => comeIn(['user'], page));
  it('is for what one said oneself', () => {
    const { revising } = app;
    expect([1, 2, 3].map((at) => revising.mayEdit(message(at)))).toEqual([false, true, false]);
    expect(revising.newestOwn(channel)).toBe(message(2));
  });

  it('leaves the draft alone and ends when the server has it', async () => {
    app.setDraft(channel, 'half a thought');
    app.revising.begin(channel, message(2));
    app.revising.write(channel, ' too ');
    const done = app.revising.save(channel);
    expect(sent('editMessage')).toEqual([{ channel: 'global', offset: 2, message: 'too' }]);
    expect(channel.editing.value?.busy).toBe(true);
    env.socket.reply(env.socket.find('editMessage'), 'ok', { offset: 4 });
    await done;
    expect(channel.editing.value).toBeUndefined();
    expect(channel.draft.value).toBe('half a thought');
  });

  it('keeps what was typed when it is refused', async () => {
    app.revising.begin(channel, message(2));
    app.revising.write(channel, 'a bad word');
    const done = app.revising.save(channel);
    refuse('editMessage', 'forbidden');
    await done;
    expect(channel.editing.value).toMatchObject({ text: 'a bad word', busy: false });
    expect(channel.editing.value?.error).toMatchObject({ code: 'forbidden' });
  });

  it('asks nobody when nothing was changed', async () => {
    app.revising.begin(channel, message(2));
    await app.revising.save(channel);
    expect(sent('editMessage')).toEqual([]);
    expect(channel.editing.value).toBeUndefined();
  });

  it('ends when the message is taken away meanwhile', () => {
    app.revising.begin(channel, message(2));
    push(stored('chatDeleted', 4, { offset: 2 }));
    expect(channel.editing.value).toBeUndefined();
  });
});

describe('a moderator', () => {
  it('may change what others said, but not what is gone', async () => {
    await comeIn(['user', 'moderator'], page);
    expect(app.revising.mayEdit(message(1))).toBe(true);
    push(stored('chatDeleted', 4, { offset: 1 }));
    expect(app.revising.mayRemove(message(1))).toBe(false);
  });
});

describe('what was read', () => {
  beforeEach(() => comeIn(['user'], page));

  it('begins where the server says, and is told to it at the bottom', async () => {
    await comeIn(['user'], () => ({ ...page(), read: 1, unread: 1, mentions: 1 }));
    expect(channel.divider.value).toBe(1);
    expect(channel.unread.value).toBe(0);
    expect(sent('markRead')).toEqual([{ channel: 'global', offset: 3 }]);
  });

  it('is told at most every two seconds, and then up to the newest', () => {
    for (const at of [4, 5, 6]) push(chat(at, 'more'));
    expect(sent('markRead').map(({ offset }) => offset)).toEqual([4]);
    env.pass(2000);
    expect(sent('markRead').map(({ offset }) => offset)).toEqual([4, 6]);
  });

  it('is told once where the server does not want to know, and again after a loss', async () => {
    push(chat(4, 'more'));
    refuse('markRead', 'unknown_action');
    await settle();
    env.pass(10_000);
    expect(sent('markRead')).toHaveLength(1);
    push(chat(5, 'more'));
    env.socket.drop();
    await settle();
    env.pass(2500);
    env.socket.accept();
    env.socket.welcome('Neo', { resumed: true, recovered: { global: true }, channels: { global: 5 } });
    await settle();
    expect(sent('markRead')).toEqual([{ channel: 'global', offset: 5 }]);
  });

  it('counts what is said out of sight, mentions by name and sign', () => {
    app.atBottom = false;
    push(chat(4, 'neo is here'));
    push(chat(5, 'hello @neo!'));
    push(chat(6, 'mine', kNeo));
    expect([channel.unread.value, channel.mentions.value]).toEqual([2, 1]);
    expect(channel.divider.value).toBe(3);
    expect(sent('markRead')).toEqual([]);
  });

  it('loses what was taken away unread', () => {
    app.atBottom = false;
    push(chat(4, 'hello @Neo'));
    push(stored('chatDeleted', 5, { offset: 4 }));
    expect([channel.unread.value, channel.mentions.value]).toEqual([0, 0]);
  });

  it('follows what was read elsewhere, and never goes back', () => {
    app.atBottom = false;
    push(chat(4, 'one more'));
    push({ type: 'read', data: { channel: 'global', read: 4, unread: 0, mentions: 0 } });
    expect([channel.unread.value, channel.readUpTo]).toEqual([0, 4]);
    push({ type: 'read', data: { channel: 'global', read: 2, unread: 2, mentions: 0 } });
    expect([channel.unread.value, channel.readUpTo]).toEqual([0, 4]);
    expect(channel.entries.value).toHaveLength(4);
  });

  it('counts what came while away once, though it comes again', async () => {
    app.atBottom = false;
    env.socket.drop();
    await settle();
    env.pass(150);
    env.socket.accept();
    env.socket.welcome('Neo', { channels: { global: 5 } });
    await settle();
    const messages = [chat(4, 'four'), chat(5, 'five @Neo')];
    await subscribed('global', { offset: 5, read: 3, unread: 2, mentions: 1, messages });
    expect([channel.unread.value, channel.mentions.value]).toEqual([2, 1]);
    push(chat(6, 'six'));
    expect(channel.unread.value).toBe(3);
  });
});

describe('blocking', () => {
  beforeEach(() => comeIn(['user'], page));

  it('knows the list from the start, and keeps to what the server takes', async () => {
    const users = [{ id: 'u_x', name: 'Cypher' }, { id: 'u_gone' }, { name: 'broken' }];
    env.socket.reply(env.socket.find('blocked'), 'blocked', { users });
    await settle();
    expect(app.blocks.people.value).toEqual([
      { id: 'u_x', name: 'Cypher' },
      { id: 'u_gone', name: 'u_gone' },
    ]);
    const blocking = app.blocks.block({ id: 'u_ada', name: 'Ada' });
    expect(sent('block')).toEqual([{ user: 'u_ada' }]);
    env.socket.reply(env.socket.find('block'), 'ok', { blocked: 'Ada' });
    await blocking;
    expect(app.blocks.has('u_ada')).toBe(true);
    const unblocking = app.blocks.unblock({ id: 'u_ada' }).catch((error: unknown) => error);
    refuse('unblock', 'overloaded');
    expect(await unblocking).toMatchObject({ code: 'overloaded' });
    expect(app.blocks.has('u_ada')).toBe(true);
  });
});
