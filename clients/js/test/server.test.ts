// SPDX-License-Identifier: Apache-2.0
// The client against a real parleyd: who one is, what is said, what survives a cut cable and a restart.

import { afterAll, afterEach, beforeAll, describe, expect, it, vi } from 'vitest';
import WebSocket from 'ws';
import { Client } from '../src/client.js';
import type { ClientOptions } from '../src/client.js';
import type { Commands } from '../src/commands.js';
import { Server } from './server.js';

const server = new Server({ 'limits.rate': 0, 'limits.new_connections': 0 });
const clients: Client[] = [];
const sockets: WebSocket[] = [];

/** So that a test can pull the cable. */
class Wire extends WebSocket {
  constructor(url: string) {
    super(url);
    sockets.push(this);
  }
}

function make(options: ClientOptions = {}): Client {
  const client = new Client({ url: server.socketUrl, WebSocket: Wire, ...options });
  clients.push(client);
  return client;
}

async function guest(name: string): Promise<Client> {
  const client = make();
  await client.signIn({ kind: 'guest', name });
  return client;
}

const cut = (): void => sockets[sockets.length - 1]!.terminate();

const until = (condition: () => boolean): Promise<void> =>
  vi.waitUntil(condition, { timeout: 15_000, interval: 10 }).then(() => undefined);

/** What is said in `channel`, as it comes. */
function listen(client: Client, channel: string): string[] {
  const heard: string[] = [];
  client.on('chatMessage', (frame) => frame.channel === channel && heard.push(frame.data.text));
  return heard;
}

beforeAll(() => server.up());
afterEach(() => clients.splice(0).forEach((client) => client.close()));
afterAll(() => server.end());

describe('who one is', () => {
  it('a guest, until the name is another’s', async () => {
    await guest('Neo');
    const taken = make().signIn({ kind: 'guest', name: 'Neo' });
    await expect(taken).rejects.toMatchObject({ code: 'conflict' });
    const other = make();
    const welcome = await other.signIn({ kind: 'guest', name: 'Trinity' });
    expect(welcome.user).toMatchObject({ name: 'Trinity', kind: 'guest' });
  });

  it('an account, by password, then by token, then by ticket', async () => {
    const neo = make();
    const registered = await neo.signIn({
      kind: 'register',
      name: 'morpheus',
      password: 'red or blue',
    });
    const { token } = registered;
    expect(token).toBeTruthy();
    const again = await make().signIn({ kind: 'token', token: token! });
    expect(again.user.id).toBe(registered.user.id);
    const ticket = async (): Promise<string> => {
      const bought = await fetch(`${server.url}api/v1/tickets`, {
        method: 'POST',
        headers: { authorization: `Bearer ${token}` },
      });
      return ((await bought.json()) as { ticket: string }).ticket;
    };
    const third = await make().signIn({ kind: 'ticket', ticket });
    expect(third.user.id).toBe(registered.user.id);
    const refused = make().signIn({ kind: 'ticket', ticket: () => 't_wrong' });
    await expect(refused).rejects.toMatchObject({ code: 'unauthorized' });
  });

  it('nobody with a wrong password', async () => {
    const wrong = make().signIn({ kind: 'login', name: 'morpheus', password: 'green' });
    await expect(wrong).rejects.toMatchObject({ code: 'unauthorized' });
  });

  it('a new token from the refresh token, on the live socket', async () => {
    const client = make();
    const first = await client.signIn({
      kind: 'register',
      name: 'cypher',
      password: 'steak dinner',
    });
    const again = make();
    const second = await again.signIn({ kind: 'refresh', refresh: first.refresh! });
    expect(second.user.id).toBe(first.user.id);
    expect(second.token).toBeTruthy();
  });
});

describe('what is said', () => {
  it('reaches the others in order', async () => {
    const [ada, neo] = [await guest('Ada'), await guest('Reader')];
    await neo.subscribe('tea');
    const heard = listen(neo, 'tea');
    await ada.subscribe('tea');
    await Promise.all(['one', 'two', 'three'].map((text) => ada.say('tea', text)));
    await until(() => heard.length === 3);
    expect(heard).toEqual(['one', 'two', 'three']);
    const page = await neo.request('history', { channel: 'tea', limit: 2 });
    expect(page.data.messages.map((frame) => frame.data.text)).toEqual(['two', 'three']);
  });

  it('runs commands with typed answers and refusals', async () => {
    const ada = await guest('Roller');
    const rolled = await ada.request('roll', { dice: '2d6' });
    expect(rolled.data.rolls).toHaveLength(2);
    expect(rolled.data.total).toBeGreaterThanOrEqual(2);
    await expect(ada.request('nosuch')).rejects.toMatchObject({ code: 'unknown_action' });
    await expect(ada.request('attack')).rejects.toMatchObject({ code: 'invalid_args' });
  });

  it('is told of by pushes', async () => {
    const ada = await guest('Shaker');
    let event = '';
    ada.on('worldEvent', (frame) => (event = frame.event));
    await ada.request('castSpell', { spellId: 123 });
    await until(() => event !== '');
    expect(event).toBe('earthquake');
  });
});

describe('over a loss', () => {
  it('nothing said meanwhile is missed or comes twice', async () => {
    const reader = await guest('Patient');
    const writer = await guest('Talker');
    await writer.subscribe('lobby');
    await reader.subscribe('lobby');
    const heard = listen(reader, 'lobby');
    const mine = sockets[sockets.length - 2]!;
    for (let round = 0; round < 5; round += 1) {
      await writer.say('lobby', `before ${round}`);
      if (round === 2) mine.terminate();
      await writer.say('lobby', `after ${round}`);
    }
    await until(() => heard.length >= 10 && reader.state === 'ready');
    await writer.say('lobby', 'the end');
    await until(() => heard.includes('the end'));
    expect(heard).toEqual([
      ...[0, 1, 2, 3, 4].flatMap((round) => [`before ${round}`, `after ${round}`]),
      'the end',
    ]);
  });

  it('what was written without a connection goes out once it is back', async () => {
    const client = await guest('Offline');
    await client.subscribe('notes');
    const heard = listen(client, 'notes');
    cut();
    await until(() => client.state !== 'ready');
    const said = Promise.all([client.say('notes', 'first'), client.say('notes', 'second')]);
    await said;
    await until(() => heard.length === 2);
    expect(heard).toEqual(['first', 'second']);
  });

  it('a session stays the same one, and its cut commands run exactly once', async () => {
    const client = await guest('Stormy');
    await client.subscribe('storm');
    const heard = listen(client, 'storm');
    const { session } = client.resumePoint!;
    const texts = Array.from({ length: 10 }, (_, index) => `gust ${index}`);
    for (const text of texts) {
      const said = client.say('storm', text);
      const looked = client.request('look', {});
      cut();
      await Promise.all([said, looked]);
    }
    await until(() => heard.length >= texts.length);
    expect(heard).toEqual(texts);
    expect(client.resumePoint!.session).toBe(session);
    const page = await client.request('history', { channel: 'storm' });
    expect(page.data.messages.map((frame) => frame.data.text)).toEqual(texts);
  });

  it('the next page continues the session of the last one', async () => {
    const first = make();
    const welcome = await first.signIn({ kind: 'guest', name: 'Phoenix' });
    const point = first.resumePoint;
    first.close();
    const second = make();
    second.resumePoint = point;
    const again = await second.signIn({ kind: 'guest', name: 'Phoenix' }, { restored: true });
    expect(again).toMatchObject({ session: welcome.session, resumed: true, user: welcome.user });
  });

  it('a killed server finds its people again', async () => {
    const writer = await guest('Survivor');
    await writer.subscribe('ark');
    const heard = listen(writer, 'ark');
    await writer.say('ark', 'before the flood');
    await server.down('SIGKILL');
    await until(() => writer.connection.kind === 'waiting');
    const said = writer.say('ark', 'after the flood');
    await server.up();
    writer.retryNow();
    await said;
    const both = ['before the flood', 'after the flood'];
    await until(() => heard.length >= 2);
    expect(heard).toEqual(both);
    const page = await writer.request('history', { channel: 'ark' });
    expect(page.data.messages.map((frame) => frame.data.text)).toEqual(both);
  });

  it('a killed server says once what was on its way', async () => {
    const writer = await guest('Persistent');
    await writer.subscribe('flood');
    const texts = Array.from({ length: 60 }, (_, index) => `wave ${index}`);
    for (let round = 0; round < 3; round += 1) {
      const part = texts.slice(round * 20, round * 20 + 20);
      const said = part.map((text) => writer.say('flood', text));
      await said[2];
      await server.down('SIGKILL');
      await until(() => writer.connection.kind === 'waiting');
      await server.up();
      writer.retryNow();
      await Promise.all(said);
    }
    const page = await writer.request('history', { channel: 'flood', limit: 100 });
    expect(page.data.messages.map((frame) => frame.data.text)).toEqual(texts);
  });
});

describe('a key', () => {
  const chat = { channel: 'keys', message: 'once' };

  it('stands for one command, which runs once', async () => {
    const ada = await guest('Keyed');
    await ada.subscribe('keys');
    const first = await ada.request('sendChat', chat, { key: 'k1' });
    expect(first).not.toHaveProperty('duplicate');
    const again = await ada.request('sendChat', chat, { key: 'k1' });
    expect(again).toMatchObject({ duplicate: true, data: first.data });
    const other = ada.request('sendChat', { ...chat, message: 'other' }, { key: 'k1' });
    await expect(other).rejects.toMatchObject({ code: 'conflict' });
    const page = await ada.request('history', { channel: 'keys' });
    expect(page.data.messages).toHaveLength(1);
  });

  it('is known after a restart, with the answer', async () => {
    const ada = await guest('Rekeyed');
    const rolled = await ada.request('roll', { dice: '4d1000' }, { key: 'r1' });
    await server.down();
    await until(() => ada.connection.kind === 'waiting');
    await server.up();
    ada.retryNow();
    await until(() => ada.state === 'ready');
    const again = await ada.request('roll', { dice: '4d1000' }, { key: 'r1' });
    expect(again).toMatchObject({ duplicate: true, data: rolled.data });
  });
});

describe('the list of commands', () => {
  // Typed, so that the compiler holds it against the declarations, and the test holds it against a server.
  // Those of the protocol itself are not listed.
  type Listed = Exclude<keyof Commands, 'commands' | 'locale' | 'markRead'>;
  type Arguments = { [Action in Listed]: (keyof Commands[Action]['args'] & string)[] };
  const declared: Arguments = {
    subscribe: ['channel', 'since', 'history', 'presence'],
    unsubscribe: ['channel'],
    history: ['channel', 'limit', 'before', 'after'],
    presence: ['channel', 'after', 'limit'],
    channels: ['after', 'limit'],
    sessions: [],
    endSession: ['session'],
    mydata: ['what', 'after', 'password', 'confirm'],
    logout: ['where'],
    sendChat: ['message', 'channel', 'replyTo'],
    directMessage: ['user', 'message'],
    editMessage: ['channel', 'offset', 'message'],
    deleteMessage: ['channel', 'offset'],
    block: ['user'],
    unblock: ['user'],
    blocked: [],
    topic: ['channel', 'text'],
    typing: ['channel'],
    roll: ['dice'],
    look: [],
    move: ['direction'],
    take: ['item'],
    drop: ['item'],
    inventory: [],
    attack: ['target'],
    castSpell: ['spellId', 'target'],
  };

  it('is what the server serves', async () => {
    const client = await guest('Clerk');
    const { data } = await client.request('commands', {});
    const served = new Map(data.commands.map((command) => [command.name, command.args ?? []]));
    for (const [action, names] of Object.entries<string[]>(declared)) {
      const args = served.get(action) ?? [];
      expect(
        args.map((arg) => arg.name),
        action,
      ).toEqual(expect.arrayContaining(names));
      const required = args.filter((arg) => arg.required).map((arg) => arg.name);
      expect(names, action).toEqual(expect.arrayContaining(required));
    }
    expect([...served.keys()]).toEqual(expect.arrayContaining(Object.keys(declared)));
  });
});
