// SPDX-License-Identifier: Apache-2.0
// The whole client against a server played by hand: channels over reconnects, what waits offline, news of
// the network.

import { beforeEach, describe, expect, it, vi } from 'vitest';
import { Client } from '../src/client.js';
import { ConnectionLost } from '../src/errors.js';
import type { ClientFrame, Data, Frame } from '../src/protocol.js';
import { FakeEnvironment, settle } from '../src/testing.js';

let env: FakeEnvironment;
let client: Client;
beforeEach(() => {
  env = new FakeEnvironment();
  client = new Client({ url: 'ws://test/ws', environment: env });
});

const enter = async (more: Data = {}): Promise<void> => {
  const entered = client.signIn({ kind: 'guest', name: 'Neo' });
  env.socket.accept();
  env.socket.welcome('Neo', more);
  await entered;
};

const comeBack = async (more: Data = {}): Promise<void> => {
  env.socket.drop();
  await settle();
  env.pass(20_000);
  env.socket.accept();
  env.socket.welcome('Neo', more);
  await settle();
};

const chat = (offset: number): Frame => ({
  type: 'chatMessage',
  channel: 'global',
  offset,
  data: { from: 'Ada', text: `m${offset}` },
});

const sent = (action: string): ClientFrame[] =>
  env.socket.sent.filter((frame) => frame.action === action);

describe('a channel', () => {
  let seen: (number | string)[];
  beforeEach(async () => {
    seen = [];
    client.on('chatMessage', (frame) => seen.push(frame.offset!));
    client.on('client:subscribed', (frame) => seen.push(`in at ${String(frame.data!['offset'])}`));
    client.on('client:gap', (gap) => seen.push(`gap after ${gap.after}`));
    await enter({ channels: { global: 2 } });
  });

  const subscribed = (data: Data): void =>
    env.socket.reply(env.socket.find('subscribe'), 'subscribed', { channel: 'global', ...data });
  const subscribe = async (): Promise<void> => {
    const done = client.subscribe('global', { history: 2, presence: true });
    subscribed({ offset: 2, recovered: true, messages: [chat(1), chat(2)] as unknown as Data[] });
    await done;
  };

  it('hands changes on in their place, and has them behind it like messages', async () => {
    await subscribe();
    client.on('chatEdited', ({ data }) => seen.push(`${data.offset} is ${data.text}`));
    client.on('chatDeleted', ({ data }) => seen.push(`${data.offset} is gone`));
    const change = (type: string, offset: number, data: Data): void =>
      env.socket.push({ type, channel: 'global', offset, data });
    env.socket.push(chat(3));
    change('chatEdited', 4, { offset: 1, from: 'Ada', text: 'said better' });
    change('chatDeleted', 5, { offset: 3, from: 'Ada' });
    change('chatDeleted', 5, { offset: 3, from: 'Ada' });
    expect(seen.slice(1)).toEqual([3, '1 is said better', '3 is gone']);
    expect(client.channels).toEqual({ global: 5 });
    await comeBack();
    expect(sent('subscribe').at(-1)!.data).toMatchObject({ since: 5 });
  });

  it('hands its messages on in order, each once', async () => {
    await subscribe();
    for (const offset of [3, 4, 4, 3, 5]) env.socket.push(chat(offset));
    expect(seen).toEqual(['in at 2', 3, 4, 5]);
  });

  it('lets what is pushed meanwhile wait for the past', async () => {
    const done = client.subscribe('global', { history: 2 });
    env.socket.push(chat(3));
    expect(seen).toEqual([]);
    subscribed({ offset: 2, recovered: true, messages: [chat(1), chat(2)] as unknown as Data[] });
    await done;
    expect(seen).toEqual(['in at 2', 3]);
  });

  it('loses nothing of what is pushed before an answer without a past', async () => {
    const done = client.subscribe('global');
    env.socket.push(chat(3));
    subscribed({ offset: 3, recovered: true });
    await done;
    expect(seen).toEqual(['in at 3', 3]);
  });

  it('is filled after a reconnect, new messages behind old ones', async () => {
    await subscribe();
    await comeBack();
    expect(env.socket.find('subscribe').data).toEqual({
      channel: 'global',
      since: 2,
      presence: true,
    });
    env.socket.push(chat(5));
    subscribed({ offset: 4, recovered: true, messages: [chat(3), chat(4)] as unknown as Data[] });
    await settle();
    expect(seen).toEqual(['in at 2', 'in at 4', 3, 4, 5]);
  });

  it('tells of what is missing for good', async () => {
    await subscribe();
    await comeBack();
    subscribed({ offset: 900, recovered: false, messages: [chat(900)] as unknown as Data[] });
    await settle();
    expect(seen).toEqual(['in at 2', 'in at 900', 'gap after 2', 900]);
  });

  it('is left to the server where the session goes on', async () => {
    await comeBack({ resume: 'r_1' });
    await subscribe();
    await comeBack({ resume: 'r_2', resumed: true, recovered: { global: true } });
    expect(sent('subscribe')).toEqual([]);
    expect(sent('resume')[0]!.data).toMatchObject({ channels: { global: 2 } });
    env.socket.push(chat(3));
    expect(seen).toEqual(['in at 2', 3]);
  });

  it('is asked for again later where the server is busy', async () => {
    await subscribe();
    await comeBack();
    const busy = { code: 'rate_limited', message: '', retry: true, retryAfterMs: 500 };
    env.socket.reply(env.socket.find('subscribe'), 'error', busy);
    await settle();
    env.pass(500);
    expect(sent('subscribe')).toHaveLength(2);
  });

  it('that is closed to us is told of', async () => {
    await subscribe();
    let lost = '';
    client.on('client:lost', ({ channel, error }) => (lost = `${channel}: ${error.code}`));
    await comeBack();
    env.socket.reply(env.socket.find('subscribe'), 'error', { code: 'not_found', message: '' });
    await settle();
    expect(lost).toBe('global: not_found');
  });

  it('stays as it is when only a token is renewed', async () => {
    const renewing = new Client({
      url: 'ws://test/ws',
      environment: env,
      renew: (_, attempt) => attempt({ kind: 'refresh', refresh: 'r' }),
    });
    const entered = renewing.signIn({ kind: 'token', token: 'old' });
    env.socket.accept();
    env.socket.welcome('Neo', { resume: 'r_1' });
    await entered;
    const done = renewing.subscribe('global');
    subscribed({ offset: 2, recovered: true });
    await done;
    env.socket.push({ type: 'expiring', data: { inMs: 60_000 } });
    env.socket.welcome('Neo', { resumed: true, token: 'new' });
    await settle();
    expect(env.socket.last).toMatchObject({ action: 'auth', refresh: 'r' });
  });
});

describe('what must go out', () => {
  const say = (text: string): Promise<Frame> => client.say('global', text);
  const texts = (): unknown[] => sent('sendChat').map((frame) => frame.data!['message']);

  it('waits for the connection, and keeps its order', async () => {
    await enter();
    env.socket.drop();
    await settle();
    const both = Promise.all([say('one'), say('two')]);
    env.pass(20_000);
    env.socket.accept();
    env.socket.welcome();
    await settle();
    expect(texts()).toEqual(['one']);
    env.socket.reply(env.socket.find('sendChat'), 'ok', { offset: 1 });
    await settle();
    expect(texts()).toEqual(['one', 'two']);
    env.socket.reply(env.socket.find('sendChat'), 'ok', { offset: 2 });
    expect((await both).map((frame) => frame.data?.['offset'])).toEqual([1, 2]);
  });

  it('goes out again under the same key when its answer is lost', async () => {
    await enter();
    const said = say('once');
    const { key } = env.socket.find('sendChat');
    expect(key).toBeTruthy();
    await comeBack();
    expect(env.socket.find('sendChat').key).toBe(key);
    env.socket.reply(env.socket.find('sendChat'), 'ok', { offset: 1, duplicate: true });
    await expect(said).resolves.toMatchObject({ type: 'ok' });
  });

  it('is not repeated as somebody else: a key is good for who made it', async () => {
    await enter();
    const onWire: boolean[] = [];
    const options = { lane: 'global', onWire: (out: boolean) => onWire.push(out) };
    const { done } = client.send('sendChat', { message: 'x' }, options);
    const lost = done.catch((error: unknown) => error);
    expect(sent('sendChat')).toHaveLength(1);
    const later = client.send('sendChat', { message: 'y' }, { lane: 'global' });
    void later.done.catch(() => undefined);
    // The guest's session is gone with the server: the same name, another identity.
    await comeBack({ user: { id: 'g_2', name: 'Neo', kind: 'guest', roles: [] } });
    expect(await lost).toMatchObject({ sent: true });
    expect(sent('sendChat').map(({ data }) => data!['message'])).toEqual(['y']);
  });

  it('is not repeated where the server knows no keys: only a person can decide', async () => {
    await enter();
    const first = say('one');
    env.socket.reply(env.socket.find('sendChat'), 'error', { code: 'unsupported', message: '' });
    await settle();
    expect(env.socket.find('sendChat')).toMatchObject({ data: { message: 'one' } });
    expect(env.socket.find('sendChat').key).toBeUndefined();
    env.socket.reply(env.socket.find('sendChat'), 'ok');
    await first;
    await settle();
    const second = say('two');
    const lost = expect(second).rejects.toBeInstanceOf(ConnectionLost);
    await comeBack();
    await lost;
    expect(texts()).toEqual([]);
  });

  it('stays in the queue when it meets a socket that is closing', async () => {
    await enter();
    env.socket.readyState = 2;
    const wire: boolean[] = [];
    const onWire = (out: boolean): void => void wire.push(out);
    const sending = client.send('sendChat', { message: 'one' }, { onWire });
    await comeBack();
    env.socket.reply(env.socket.find('sendChat'), 'ok');
    await sending.done;
    expect(wire).toEqual([true, false, true]);
  });

  it('is sent again after the pause the server asks for', async () => {
    await enter();
    const said = say('one');
    const busy = { code: 'rate_limited', message: '', retry: true, retryAfterMs: 700 };
    env.socket.reply(env.socket.find('sendChat'), 'error', busy);
    await settle();
    env.pass(699);
    expect(sent('sendChat')).toHaveLength(1);
    env.pass(1);
    await settle();
    env.socket.reply(env.socket.find('sendChat'), 'ok');
    await said;
    expect(sent('sendChat')).toHaveLength(2);
  });

  it('can be taken back while it waits, not later', async () => {
    await enter();
    env.socket.drop();
    await settle();
    const one = client.send('sendChat', { message: 'one' });
    const two = client.send('sendChat', { message: 'two' });
    expect(two.cancel()).toBe(true);
    await expect(two.done).rejects.toMatchObject({ code: 'cancelled' });
    env.pass(20_000);
    env.socket.accept();
    env.socket.welcome();
    await settle();
    expect(one.cancel()).toBe(false);
    env.socket.reply(env.socket.find('sendChat'), 'ok');
    await one.done;
  });

  it('is given up when nobody is signed in any more', async () => {
    await enter();
    env.socket.drop();
    await settle();
    const said = expect(say('one')).rejects.toBeInstanceOf(ConnectionLost);
    env.pass(20_000);
    env.socket.accept();
    env.socket.drop(4503);
    await said;
  });
});

describe('news of the network', () => {
  it('cuts the countdown short', async () => {
    await enter();
    env.chance = 0.99;
    env.socket.drop();
    await settle();
    env.news!('wake');
    expect(env.sockets).toHaveLength(2);
  });

  it('makes a socket prove that it lives', async () => {
    await enter();
    env.news!('wake');
    expect(env.socket.last.action).toBe('ping');
    env.socket.push({ type: 'pong', data: {} });
    env.pass(3000);
    expect(client.connection.kind).toBe('open');
    env.news!('offline');
    env.pass(3000);
    expect(client.connection.kind).toBe('waiting');
  });

  it('is not listened to after the end', async () => {
    await enter();
    client.close();
    expect(env.news).toBeUndefined();
    env.pass(60_000);
    expect(env.sockets).toHaveLength(1);
    expect(client.state).toBe('signedOut');
  });
});

describe('events', () => {
  it('come by type, also those nobody declared, until one stops listening', async () => {
    await enter();
    const heard: unknown[] = [];
    const stop = client.on('weatherReport', (frame) => heard.push(frame.data));
    client.on('client:frame', (frame) => heard.push(frame.type));
    env.socket.push({ type: 'weatherReport', data: { rain: true } });
    stop();
    env.socket.push({ type: 'weatherReport' });
    expect(heard).toEqual([{ rain: true }, 'weatherReport', 'weatherReport']);
  });

  it('of a listener that fails reach the others', async () => {
    await enter();
    const heard: string[] = [];
    const told = vi.spyOn(console, 'error').mockImplementation(() => {});
    client.on('weatherReport', () => {
      throw new Error('mine');
    });
    client.on('weatherReport', (frame) => heard.push(frame.type));
    env.socket.push({ type: 'weatherReport' });
    expect(heard).toEqual(['weatherReport']);
    expect(told).toHaveBeenCalledOnce();
    told.mockRestore();
  });
});

describe('what was read', () => {
  const kMark = { channel: 'global', read: 2, unread: 0, mentions: 0 };

  it('is heard of alike, set here or elsewhere', async () => {
    const marks: number[] = [];
    client.on('read', ({ data }) => marks.push(data.read));
    await enter({ channels: { global: 2 } });
    const done = client.request('markRead', { channel: 'global', offset: 2 });
    env.socket.reply(env.socket.find('markRead'), 'read', kMark);
    expect((await done).data).toEqual(kMark);
    env.socket.push({ type: 'read', data: { ...kMark, read: 3 } });
    expect(marks).toEqual([2, 3]);
  });
});
