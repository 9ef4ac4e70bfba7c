// SPDX-License-Identifier: Apache-2.0
// The page's state against a server played by hand.

import { beforeEach, describe, expect, it } from 'vitest';
import type { Data, Frame } from '@parley/client';
import { FakeEnvironment, settle } from '@parley/client/testing';
import { App } from './app';
import { player } from './game';
import type { CommandEntry, Entry, MessageEntry } from './timeline';

const kAda = { id: 'u_ada', kind: 'user' };

describe('App', () => {
  let env: FakeEnvironment;
  let app: App;
  beforeEach(async () => {
    localStorage.clear();
    sessionStorage.clear();
    player.value = undefined;
    env = new FakeEnvironment();
    app = new App(env);
    void app.signIn({ kind: 'guest', name: 'Neo' });
    env.socket.accept();
    env.socket.welcome('Neo', { channels: { global: 2 } });
    await settle();
    await subscribed({ offset: 2, messages: [chat(1, 'one'), chat(2, 'two')] });
  });

  const chat = (offset: number, said: string, user = kAda): Data => ({
    type: 'chatMessage',
    channel: 'global',
    offset,
    ts: env.now(),
    user,
    data: { from: 'Ada', text: said },
  });
  const push = (data: Data): void => env.socket.push(data as unknown as Frame);
  const subscribed = async (data: Data): Promise<void> => {
    env.socket.reply(env.socket.find('subscribe'), 'subscribed', {
      channel: 'global',
      recovered: true,
      ...data,
    });
    await settle();
  };
  const said = (): string[] =>
    app.active.value!.entries.value.map((entry: Entry) =>
      entry.kind === 'message' ? entry.text : entry.kind,
    );
  const newest = <T extends Entry>(): T => {
    const { value } = app.active.value!.entries;
    return value[value.length - 1] as T;
  };
  const comeBack = async (): Promise<void> => {
    env.socket.drop();
    await settle();
    env.pass(150);
    env.socket.accept();
    env.socket.welcome('Neo', { channels: { global: 9 } });
    await settle();
  };

  it('asks for the first page and shows it', () => {
    expect(env.socket.find('subscribe').data).toMatchObject({ channel: 'global', history: 50 });
    expect(said()).toEqual(['one', 'two']);
  });

  const asked = (): number =>
    env.socket.sent.filter((frame) => frame.action === 'subscribe').length;
  const sentOut = async (channel = 'global'): Promise<void> => {
    push({ type: 'unsubscribed', data: { channel, reason: 'removed' } });
    await settle();
  };
  const told = (): unknown[] =>
    app.here.entries.value.map((entry) =>
      entry.kind === 'reply' ? entry.frame.data?.['message'] : 'text' in entry && entry.text,
    );

  it('stays out of the last channel once it was sent out, and keeps what is said about it', async () => {
    const before = asked();
    await sentOut();
    push({ type: 'botMessage', data: { text: 'You were banned from #global: rude', only: true } });
    await settle();
    expect(app.active.value).toBeUndefined();
    expect(app.channels.value.size).toBe(0);
    expect(asked()).toBe(before);
    expect(told()).toEqual(['You were taken out of global.', 'You were banned from #global: rude']);
  });

  it('asks for no channel when it comes back after it was sent out', async () => {
    await sentOut();
    env.socket.drop();
    await settle();
    env.pass(150);
    env.socket.accept();
    env.socket.welcome('Neo', { channels: {} });
    await settle();
    expect(env.socket.sent.some((frame) => frame.action === 'subscribe')).toBe(false);
    expect(app.active.value).toBeUndefined();
  });

  it('goes to another channel, not to a conversation, when it is sent out', async () => {
    app.openDirect({ id: 'u_bob', name: 'Bob', kind: 'user' });
    app.activate('global');
    await sentOut();
    expect(app.active.value).toBeUndefined();
    void app.join('tea');
    env.socket.reply(env.socket.find('subscribe'), 'subscribed', { channel: 'tea' });
    await settle();
    expect(app.activeName.value).toBe('tea');
    expect(app.nowhere.entries.value).toEqual([]);
    const news = app.join('news');
    env.socket.reply(env.socket.find('subscribe'), 'subscribed', { channel: 'news' });
    await news;
    await sentOut('news');
    expect(app.activeName.value).toBe('tea');
    expect(told()).toEqual(['You were taken out of news.']);
  });

  for (const [code, message, lines] of [
    ['forbidden', 'You are banned from #global: rude', ['You are not in global.', 'You are banned from #global: rude']],
    ['conflict', 'The channel was left meanwhile.', ['You were taken out of global.']],
  ] as const) {
    it(`says why it is not let in (${code}), and asks once`, async () => {
      localStorage.clear();
      sessionStorage.clear();
      app = new App(env);
      void app.signIn({ kind: 'guest', name: 'Neo' });
      env.socket.accept();
      env.socket.welcome('Neo', { channels: {} });
      await settle();
      env.socket.reply(env.socket.find('subscribe'), 'error', { code, message });
      await settle();
      await sentOut();
      expect(asked()).toBe(1);
      expect(app.active.value).toBeUndefined();
      expect(told()).toEqual(lines);
    });
  }

  it('stays in a channel that the server was too busy for', async () => {
    app = new App(env);
    void app.signIn({ kind: 'guest', name: 'Neo' });
    env.socket.accept();
    env.socket.welcome('Neo', { channels: { global: 2 } });
    await settle();
    const busy = { code: 'overloaded', message: '', retry: true };
    env.socket.reply(env.socket.find('subscribe'), 'error', busy);
    await settle();
    expect(app.activeName.value).toBe('global');
  });

  it('shows a message at once and settles it when the server has stored it', async () => {
    app.outgoing.submit(app.active.value!, 'hello');
    expect(newest<MessageEntry>()).toMatchObject({ text: 'hello', status: 'pending' });
    const sent = env.socket.find('sendChat');
    expect(sent.data).toEqual({ channel: 'global', message: 'hello' });
    env.socket.reply(sent, 'ok', { offset: 3 });
    await settle();
    push(chat(3, 'hello', { id: 'g_1', kind: 'guest' }));
    expect(said()).toEqual(['one', 'two', 'hello']);
    expect(newest<MessageEntry>().status).toBe('sent');
  });

  it('says why a message was refused, and sends it again when asked', async () => {
    const channel = app.active.value!;
    app.outgoing.submit(channel, 'hello');
    env.socket.reply(env.socket.find('sendChat'), 'error', {
      code: 'forbidden',
      message: 'not this word',
    });
    await settle();
    expect(newest<MessageEntry>()).toMatchObject({
      status: 'failed',
      error: { code: 'forbidden', message: 'not this word' },
    });
    app.outgoing.retry(channel, newest().key);
    env.socket.reply(env.socket.find('sendChat'), 'ok', { offset: 3 });
    await settle();
    expect(newest<MessageEntry>()).toMatchObject({ status: 'sent', offset: 3 });
  });

  it('fills the gap after a reconnect, nothing twice', async () => {
    await comeBack();
    expect(env.socket.find('subscribe').data).toMatchObject({ since: 2 });
    await subscribed({ offset: 4, messages: [chat(2, 'two'), chat(3, 'three'), chat(4, 'four')] });
    push(chat(4, 'four'));
    push(chat(5, 'five'));
    expect(said()).toEqual(['one', 'two', 'three', 'four', 'five']);
  });

  it('recognises a message that was stored though its answer got lost', async () => {
    app.outgoing.submit(app.active.value!, 'hello');
    await comeBack();
    await subscribed({ offset: 3, messages: [chat(3, 'hello', { id: 'g_1', kind: 'guest' })] });
    expect(said()).toEqual(['one', 'two', 'hello']);
    expect(newest<MessageEntry>().status).toBe('sent');
  });

  it('sends one that was not stored again, as the same one', async () => {
    app.outgoing.submit(app.active.value!, 'hello');
    const { key } = env.socket.find('sendChat');
    await comeBack();
    await subscribed({ offset: 2, messages: [] });
    expect(env.socket.find('sendChat')).toMatchObject({ key, data: { message: 'hello' } });
    env.socket.reply(env.socket.find('sendChat'), 'ok', { offset: 3 });
    await settle();
    expect(newest<MessageEntry>()).toMatchObject({ status: 'sent', offset: 3 });
  });

  it('asks what to do with it where the server knows no keys', async () => {
    app.outgoing.submit(app.active.value!, 'hello');
    env.socket.reply(env.socket.find('sendChat'), 'error', { code: 'unsupported', message: '' });
    await settle();
    await comeBack();
    await subscribed({ offset: 2, messages: [] });
    expect(newest<MessageEntry>()).toMatchObject({
      status: 'failed',
      error: { code: 'not_confirmed' },
    });
    expect(env.socket.sent.some((frame) => frame.action === 'sendChat')).toBe(false);
  });

  it('sends what was written offline once it is back', async () => {
    env.socket.drop();
    await settle();
    app.outgoing.submit(app.active.value!, 'later');
    expect(newest<MessageEntry>().status).toBe('queued');
    env.pass(150);
    env.socket.accept();
    env.socket.welcome('Neo', { channels: { global: 2 } });
    await settle();
    await subscribed({ offset: 2, messages: [] });
    expect(env.socket.find('sendChat').data).toMatchObject({ message: 'later' });
  });

  it('starts a page anew when the gap cannot be filled', async () => {
    await comeBack();
    await subscribed({ offset: 900, recovered: false, messages: [chat(899, 'x'), chat(900, 'y')] });
    expect(said()).toEqual(['x', 'y']);
    expect(app.active.value!.more.value).toBe(true);
  });

  it('keeps a command line private and puts its answer under it', async () => {
    app.outgoing.submit(app.active.value!, '/roll 2d6');
    expect(env.socket.find('sendChat').data).toEqual({ channel: 'global', message: '/roll 2d6' });
    env.socket.reply(env.socket.find('sendChat'), 'diceRolled', { total: 7 });
    await settle();
    expect(newest<CommandEntry>()).toMatchObject({
      line: '/roll 2d6',
      status: 'done',
      reply: { data: { total: 7 } },
    });
  });

  it('escapes a slash with a second one, and says so to nobody', () => {
    app.outgoing.submit(app.active.value!, '//roll');
    expect(newest<MessageEntry>()).toMatchObject({ kind: 'message', text: '/roll' });
    expect(env.socket.find('sendChat').data).toMatchObject({ message: '//roll' });
  });

  it('runs a button as a command with its arguments', () => {
    app.outgoing.press(app.active.value!, { action: 'move', direction: 'north' });
    expect(env.socket.find('move').data).toEqual({ direction: 'north' });
    expect(newest<CommandEntry>().line).toBe('/move north');
  });

  it('updates the game by what a push names', () => {
    push({
      type: 'playerStateUpdate',
      data: { name: 'Neo', hp: 9, maxHp: 10, room: { name: 'Gate', exits: ['north'] } },
    });
    push({ type: 'playerStateUpdate', data: { hp: 5 } });
    expect(player.value).toMatchObject({
      hp: 5,
      maxHp: 10,
      room: { name: 'Gate', exits: ['north'] },
    });
  });

  it('shows a world event whose name stands at the top level', () => {
    push({ type: 'worldEvent', event: 'earthquake' });
    expect(newest()).toMatchObject({ kind: 'event', event: 'earthquake' });
    // The stream is a live log: saying it again beside it would say it twice.
    expect(app.announcement.value).toBe('');
  });

  it('shows what it does not know instead of losing it', () => {
    push({ type: 'weatherReport', data: { rain: true } });
    expect(newest()).toMatchObject({ kind: 'reply', frame: { type: 'weatherReport' } });
  });

  it('counts what is said elsewhere, and clears it on opening', async () => {
    void app.join('games');
    env.socket.reply(env.socket.find('subscribe'), 'subscribed', {
      channel: 'games',
      offset: 0,
      messages: [],
    });
    await settle();
    app.activate('games');
    push(chat(3, 'are you there, @Neo?'));
    const global = app.channels.value.get('global')!;
    expect([global.unread.value, global.mentions.value, app.unreadTotal.value]).toEqual([1, 1, 1]);
    app.activate('global');
    expect(global.unread.value).toBe(0);
    expect(global.divider.value).toBe(2);
  });

  it('opens a direct channel when somebody writes first', () => {
    push({ ...chat(1, 'psst'), channel: 'dm:g_1:u_ada' });
    const direct = app.channels.value.get('dm:g_1:u_ada')!;
    expect([direct.title.value, direct.peer, direct.unread.value]).toEqual(['Ada', 'u_ada', 1]);
  });

  it('asks for the commands again when they changed', () => {
    const before = env.socket.sent.filter((frame) => frame.action === 'commands').length;
    push({ type: 'commandsChanged', data: { added: [], removed: ['roll'] } });
    expect(env.socket.sent.filter((frame) => frame.action === 'commands')).toHaveLength(before + 1);
    expect(app.announcement.value).toContain('/roll');
  });

  it('keeps a draft over a reload', () => {
    app.setDraft(app.active.value!, 'half a thought');
    expect(sessionStorage.getItem('parley.draft.global')).toBe('half a thought');
  });

  it('loads older messages from the oldest it has', async () => {
    const channel = app.active.value!;
    channel.more.value = true;
    channel.entries.value = channel.entries.value.slice(1);
    channel.oldest = Infinity;
    void app.sync.loadOlder(channel);
    expect(env.socket.find('history').data).toMatchObject({ before: 2 });
    env.socket.reply(env.socket.find('history'), 'history', {
      messages: [chat(1, 'one')],
      more: false,
    });
    await settle();
    expect(said()).toEqual(['one', 'two']);
    expect(channel.more.value).toBe(false);
  });

  it('leaves nothing of a person behind after logging out', async () => {
    app.setDraft(app.active.value!, 'secret plan');
    const out = app.signOut();
    env.socket.reply(env.socket.find('logout'), 'ok');
    await out;
    await settle();
    expect(app.phase.value).toBe('door');
    expect(app.channels.value.size).toBe(0);
    expect(JSON.stringify({ ...sessionStorage })).not.toContain('secret plan');
  });

  it('marks the first direct message as unread, history and all', async () => {
    const first = { ...chat(1, 'psst'), channel: 'dm:g_1:u_ada' };
    push(first);
    const direct = app.channels.value.get('dm:g_1:u_ada')!;
    expect(direct.unread.value).toBe(1);
    env.socket.reply(env.socket.find('subscribe'), 'subscribed', {
      channel: direct.name,
      offset: 1,
      recovered: true,
      messages: [first],
    });
    await settle();
    expect(direct.unread.value).toBe(1);
    app.activate(direct.name);
    expect(direct.unread.value).toBe(0);
  });

  it('names whom one wrote to before they answer', async () => {
    push({ ...chat(1, 'hello', { id: 'g_1', kind: 'guest' }), channel: 'dm:g_1:u_ada' });
    const direct = app.channels.value.get('dm:g_1:u_ada')!;
    env.socket.reply(env.socket.find('subscribe'), 'subscribed', {
      channel: direct.name,
      offset: 1,
      recovered: true,
      messages: [],
    });
    await settle();
    const asked = env.socket.find('presence');
    expect(asked.data).toEqual({ channel: direct.name });
    env.socket.reply(asked, 'presence', {
      channel: direct.name,
      total: 1,
      users: [],
      peer: { id: 'u_ada', name: 'Ada', kind: 'user' },
    });
    await settle();
    expect(direct.title.value).toBe('Ada');
  });

  it('comes back as the same guest after the page was loaded again', async () => {
    app.client.resumePoint = { session: 's_1', resume: 'r_1', seq: 3 };
    app.entrance.keepResumePoint();
    const next = new FakeEnvironment();
    const again = new App(next);
    again.entrance.start();
    next.socket.accept();
    const asked = next.socket.find('resume');
    expect(asked.data).toMatchObject({ session: 's_1', resume: 'r_1', seq: 3 });
    expect(sessionStorage.getItem('parley.resume')).toBeNull();
    next.socket.reply(asked, 'welcome', {
      session: 's_1',
      resume: 'r_2',
      resumed: true,
      user: { id: 'g_1', name: 'Neo', kind: 'guest', roles: [] },
      channels: { global: 2 },
    });
    await settle();
    expect(again.self.value?.name).toBe('Neo');
    expect(again.phase.value).toBe('inside');
  });
});

describe('an end', () => {
  let env: FakeEnvironment;
  let app: App;
  beforeEach(async () => {
    localStorage.clear();
    sessionStorage.clear();
    env = new FakeEnvironment();
    app = new App(env);
    void app.signIn({ kind: 'login', name: 'Neo', password: 'white rabbit' });
    env.socket.accept();
    env.socket.welcome('Neo', { token: 't1' });
    await settle();
  });

  it('of the account by its owner is said as such, though the server closes after its answer', async () => {
    app.signedOut('account_deleted');
    env.socket.drop(4500, 'This account was deleted.');
    await settle();
    expect(app.phase.value).toBe('door');
    expect(app.doorReason.value).toBe('account_deleted');
    expect(localStorage.getItem('parley.token')).toBeNull();
  });

  it('by one’s own log-out gives no reason, even where the server closes at once', async () => {
    app.signedOut();
    env.socket.drop(4500, 'This login has ended.');
    await settle();
    expect(app.doorReason.value).toBeUndefined();
  });

  it.each([
    ['This account was deleted.', 'account_deleted'],
    ['You logged out everywhere, from another connection.', 'login_ended'],
    ['', 'login_ended'],
  ])('that came from elsewhere (%s) is no wrong password', async (text, reason) => {
    env.socket.drop(4500, text);
    await settle();
    expect(app.phase.value).toBe('door');
    expect(app.doorReason.value).toBe(reason);
    expect(localStorage.getItem('parley.token')).toBeNull();
  });
});

describe('a command that is run on the way in', () => {
  it('stands with its answer below the history that comes after it', async () => {
    const env = new FakeEnvironment();
    const app = new App(env);
    void app.signIn({ kind: 'guest', name: 'Neo' });
    env.socket.accept();
    env.socket.welcome('Neo', { channels: { global: 2 } });
    await settle();
    const channel = app.active.value!;
    app.outgoing.submit(channel, '/roll 2d6');
    env.socket.reply(env.socket.find('sendChat'), 'diceRolled', { total: 7 });
    await settle();
    app.outgoing.submit(channel, 'hello');
    const message = (offset: number, text: string): Data => ({
      type: 'chatMessage',
      channel: 'global',
      offset,
      ts: env.now(),
      user: kAda,
      data: { from: 'Ada', text },
    });
    const messages = [message(1, 'one'), message(2, 'two')];
    const data = { channel: 'global', offset: 2, messages };
    env.socket.reply(env.socket.find('subscribe'), 'subscribed', data);
    await settle();
    const seen = channel.entries.value.map((entry) =>
      entry.kind === 'message' ? entry.text : entry.kind,
    );
    expect(seen).toEqual(['one', 'two', 'command', 'hello']);
  });
});

describe('coming back', () => {
  let env: FakeEnvironment;
  let app: App;
  beforeEach(() => {
    localStorage.clear();
    sessionStorage.clear();
    localStorage.setItem('parley.token', 't1');
    env = new FakeEnvironment();
    app = new App(env);
    app.entrance.start();
  });

  it('waits for a server that is away, and enters when it is there', async () => {
    env.socket.drop();
    await settle();
    expect(app.phase.value).toBe('entering');
    expect(app.entrance.awaited.value!.retryAt).toBeGreaterThan(env.now());
    env.pass(20_000);
    await settle();
    expect(env.sockets).toHaveLength(2);
    expect(app.entrance.awaited.value).toBeUndefined();
    env.socket.accept();
    env.socket.welcome('Neo');
    await settle();
    expect(app.phase.value).toBe('inside');
  });

  it('tries at once when somebody says so', async () => {
    env.socket.drop();
    await settle();
    app.entrance.awaited.value!.now();
    await settle();
    expect(env.sockets).toHaveLength(2);
  });

  it('leads to the door where somebody else wants in, and keeps the token', async () => {
    env.socket.drop();
    await settle();
    app.entrance.giveUp();
    await settle();
    env.pass(60_000);
    await settle();
    expect(app.phase.value).toBe('door');
    expect(env.sockets).toHaveLength(1);
    expect(localStorage.getItem('parley.token')).toBe('t1');
  });

  it('leads to the door, with the reason, where the server says no', async () => {
    env.socket.accept();
    env.socket.reply(env.socket.find('auth'), 'error', { code: 'token_revoked', message: '' });
    await settle();
    expect(app.phase.value).toBe('door');
    expect(app.doorReason.value).toBe('token_revoked');
    expect(localStorage.getItem('parley.token')).toBeNull();
  });
});
