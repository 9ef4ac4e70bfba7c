// SPDX-License-Identifier: Apache-2.0
// Several tabs on one connection: a worker's half and the tabs' halves in one thread, a server by hand.

import { beforeEach, describe, expect, it, vi } from 'vitest';
import { CommandError, ConnectionLost } from '../src/errors.js';
import type { ClientFrame, Data, Frame } from '../src/protocol.js';
import { TabClient, type TabOptions } from '../src/tab_client.js';
import { TabHost } from '../src/tab_host.js';
import type { Port } from '../src/tab_messages.js';
import { FakeEnvironment, settle } from '../src/testing.js';

/** Two ends that copy what passes, as a browser does. */
function ports(): [Port, Port] {
  const end = (): Port => ({ onmessage: null, postMessage: () => {}, close: () => {} });
  const [a, b] = [end(), end()];
  const link = (from: Port, to: Port): void => {
    from.postMessage = (message) => {
      const data: unknown = structuredClone(message);
      queueMicrotask(() => to.onmessage?.({ data }));
    };
  };
  link(a, b);
  link(b, a);
  return [a, b];
}

let env: FakeEnvironment;
let host: TabHost;
let locks: Map<string, () => void>;
let tabs: number;

beforeEach(() => {
  env = new FakeEnvironment();
  locks = new Map();
  tabs = 0;
  host = new TabHost({
    client: { url: 'ws://test/ws', environment: env },
    watchTab: (lock, gone) => void locks.set(lock, gone),
  });
});

const quiet = async (): Promise<void> => {
  for (let turn = 0; turn < 5; turn += 1) await settle();
};

async function open(options: Partial<TabOptions> = {}): Promise<TabClient> {
  const [ours, theirs] = ports();
  host.connect(theirs);
  const tab = new TabClient(ours, { person: 'p1', watch: () => () => {}, ...options });
  tab.join(`lock${(tabs += 1)}`);
  await quiet();
  return tab;
}

/** As when its process is killed: nothing is said. */
const crash = (number: number): void => locks.get(`lock${number}`)!();

async function enter(tab: TabClient, more: Data = {}): Promise<void> {
  const entered = tab.signIn({ kind: 'token', token: 't1' });
  await quiet();
  env.socket.accept();
  env.socket.welcome('Neo', more);
  await entered;
}

async function join(options: Partial<TabOptions> = {}): Promise<TabClient> {
  const tab = await open(options);
  await tab.signIn({ kind: 'token', token: 't1' }, { restored: true });
  return tab;
}

const chat = (offset: number): Frame => ({
  type: 'chatMessage',
  channel: 'global',
  offset,
  data: { from: 'Ada', text: `m${offset}` },
});

const sent = (action: string): ClientFrame[] =>
  env.sockets.flatMap((socket) => socket.sent).filter((frame) => frame.action === action);

function offsets(tab: TabClient): number[] {
  const heard: number[] = [];
  tab.on('chatMessage', (frame) => heard.push(frame.offset!));
  return heard;
}

async function subscribe(tab: TabClient, options: Data, data: Data): Promise<void> {
  const done = tab.subscribe('global', options);
  await quiet();
  env.socket.reply(env.socket.find('subscribe'), 'subscribed', { channel: 'global', ...data });
  await done;
}

describe('tabs of one person', () => {
  it('know what was read in any of them', async () => {
    const one = await open();
    await enter(one, { channels: { global: 2 } });
    const other = await join();
    const marks: [string, number][] = [];
    one.on('read', ({ data }) => marks.push(['one', data.read]));
    other.on('read', ({ data }) => marks.push(['other', data.read]));
    const done = one.request('markRead', { channel: 'global', offset: 2 });
    await quiet();
    const mark = { channel: 'global', read: 2, unread: 0, mentions: 0 };
    env.socket.reply(env.socket.find('markRead'), 'read', mark);
    await done;
    await quiet();
    expect(marks.sort()).toEqual([
      ['one', 2],
      ['other', 2],
    ]);
  });

  it('come in over one connection, and later ones see no token', async () => {
    const first = await open();
    await enter(first, { token: 't2', refresh: 'r2', channels: { global: 7 } });
    const second = await open();
    const heard: string[] = [];
    second.on('client:connection', ({ kind }) => heard.push(kind));
    second.on('client:state', (state) => heard.push(state));
    second.on('client:welcome', ({ again }) => heard.push(`welcome ${again}`));
    const welcome = await second.signIn({ kind: 'token', token: 't1' }, { restored: true });
    expect(env.sockets).toHaveLength(1);
    expect(sent('auth')).toHaveLength(1);
    expect(welcome).toMatchObject({ user: { name: 'Neo' }, channels: { global: 7 } });
    expect(welcome).not.toHaveProperty('token');
    expect(welcome).not.toHaveProperty('refresh');
    expect(heard).toEqual(['open', 'ready', 'welcome false']);
    expect(second.state).toBe('ready');
    expect(second.connection.kind).toBe('open');
  });

  it('that are restored together wait for one sign-in', async () => {
    const [first, second] = [await open(), await open()];
    const both = [first, second].map((tab) =>
      tab.signIn({ kind: 'token', token: 't1' }, { restored: true }),
    );
    await quiet();
    env.socket.accept();
    env.socket.welcome('Neo');
    expect((await Promise.all(both)).map(({ user }) => user.name)).toEqual(['Neo', 'Neo']);
    expect(sent('auth')).toHaveLength(1);
  });

  it('hear every message once, whatever another asks for', async () => {
    const first = await open();
    await enter(first);
    const heard = offsets(first);
    await subscribe(first, { history: 2 }, { offset: 2, messages: [chat(1), chat(2)] as never });
    const second = await join();
    const late = offsets(second);
    env.socket.push(chat(3));
    await quiet();
    await subscribe(second, { since: 1 }, {
      offset: 3,
      recovered: true,
      messages: [chat(2), chat(3)] as never,
    });
    env.socket.push(chat(4));
    await quiet();
    expect(heard).toEqual([3, 4]);
    expect(late).toEqual([3, 2, 3, 4]);
  });

  it('are told of the answer to their own question only', async () => {
    const first = await open();
    await enter(first);
    const second = await join();
    const told: string[] = [];
    first.on('client:subscribed', () => told.push('first'));
    second.on('client:subscribed', () => told.push('second'));
    await subscribe(second, { history: 1 }, { offset: 1, messages: [chat(1)] as never });
    expect(told).toEqual(['second']);
  });

  it('leave a channel together', async () => {
    const first = await open();
    await enter(first);
    const second = await join();
    const left = vi.fn();
    second.on('unsubscribed', left);
    const done = first.unsubscribe('global');
    await quiet();
    env.socket.reply(env.socket.find('unsubscribe'), 'ok');
    await done;
    await quiet();
    expect(left).toHaveBeenCalledOnce();
    expect(left.mock.calls[0]![0]).toMatchObject({ channel: 'global' });
  });

  it('go together when one signs out', async () => {
    const first = await open();
    await enter(first);
    const second = await join();
    const left = vi.fn();
    first.on('client:left', left);
    const done = second.signOut();
    await quiet();
    env.socket.reply(env.socket.find('logout'), 'ok');
    await done;
    await quiet();
    expect(left).toHaveBeenCalledOnce();
    expect(first.state).toBe('signedOut');
  });

  it('are no other person’s', async () => {
    await enter(await open());
    const other = await open({ person: 'p2' });
    void other.signIn({ kind: 'guest', name: 'Kit' }, { restored: true });
    await quiet();
    expect(env.sockets).toHaveLength(2);
  });
});

describe('a tab that goes', () => {
  it('leaves the connection to the others, and what it still had to send', async () => {
    const first = await open();
    await enter(first, { resume: 'r1' });
    const second = await join();
    const heard = offsets(second);
    env.socket.drop();
    await quiet();
    first.send('sendChat', { channel: 'global', message: 'last words' }).done.catch(() => {});
    await quiet();
    first.close();
    await quiet();
    env.pass(20_000);
    env.socket.accept();
    env.socket.welcome('Neo', { resumed: true, resume: 'r2' });
    await quiet();
    expect(env.socket.find('sendChat').data).toMatchObject({ message: 'last words' });
    env.socket.push(chat(1));
    await quiet();
    expect(heard).toEqual([1]);
  });

  it('is noticed when it says nothing', async () => {
    await enter(await open());
    const { socket } = env;
    crash(1);
    expect(socket.readyState).toBe(3);
  });

  it('takes the session along when it was the last, and brings it back after a reload', async () => {
    const first = await open();
    await enter(first, { resume: 'r1' });
    await quiet();
    const point = first.resumePoint;
    expect(point).toMatchObject({ session: 's_1', resume: 'r1' });
    first.close();
    await quiet();
    const again = await open();
    again.resumePoint = point;
    void again.signIn({ kind: 'token', token: 't1' }, { restored: true });
    await quiet();
    env.socket.accept();
    await quiet();
    expect(env.socket.find('resume').data).toMatchObject({ session: 's_1', resume: 'r1' });
  });

  it('hands the renewal of a token to the next', async () => {
    const asked: string[] = [];
    const never = (): Promise<void> => {
      asked.push('first');
      return new Promise(() => {});
    };
    const first = await open({ renew: never });
    await enter(first);
    const second = await join({
      renew: async (expired, attempt) => {
        asked.push(`second, for ${expired}`);
        await attempt({ kind: 'refresh', refresh: 'r1' });
        asked.push('done');
      },
    });
    env.socket.push({ type: 'expiring', data: {} });
    await quiet();
    first.close();
    await quiet();
    expect(env.socket.last).toMatchObject({ action: 'auth', refresh: 'r1' });
    env.socket.reply(env.socket.last, 'welcome', {
      user: { id: 'g_1', name: 'Neo', kind: 'user', roles: [] },
      session: 's_1',
      resumed: true,
      channels: {},
      token: 't2',
      refresh: 'r2',
    });
    await quiet();
    expect(asked).toEqual(['first', 'second, for t1', 'done']);
    expect(second.state).toBe('ready');
  });
});

describe('a tab that does not say with what to renew', () => {
  type Attempt = Parameters<NonNullable<TabOptions['renew']>>[1];
  const kPatienceMs = 10_000;
  /** Waits for a lock, as it were; `wake` lets it say what it has. */
  let sleepers: Attempt[];
  const asleep = (_: string, attempt: Attempt): Promise<void> => {
    sleepers.push(attempt);
    return new Promise(() => {});
  };
  const expire = async (): Promise<void> => {
    env.socket.drop();
    await quiet();
    env.pass(500);
    env.socket.accept();
    await quiet();
    env.socket.reply(env.socket.find('resume'), 'error', { code: 'unauthorized', message: 'no session' });
    await quiet();
    env.socket.reply(env.socket.find('auth'), 'error', { code: 'token_expired', message: 'old' });
    await quiet();
  };
  beforeEach(() => {
    sleepers = [];
  });

  it('holds the others up for a while only, and is not listened to later', async () => {
    const first = await open({ renew: asleep });
    await enter(first, { token: 't1', resume: 'r1' });
    const second = await join({
      renew: (_, attempt) => attempt({ kind: 'refresh', refresh: 'good' }),
    });
    await expire();
    expect(sleepers).toHaveLength(1);
    env.pass(kPatienceMs - 1);
    await quiet();
    expect(sent('auth').some(({ refresh }) => refresh === 'good')).toBe(false);
    env.pass(1);
    await quiet();
    expect(env.socket.last).toMatchObject({ action: 'auth', refresh: 'good' });
    void sleepers[0]!({ kind: 'refresh', refresh: 'late' });
    await quiet();
    env.socket.welcome('Neo', { token: 't2', refresh: 'r2' });
    await quiet();
    expect(sent('auth').some(({ refresh }) => refresh === 'late')).toBe(false);
    expect([first.state, second.state]).toEqual(['ready', 'ready']);
  });

  it('logs nobody out where all of them sleep: the next connection asks again', async () => {
    const only = await open({ renew: asleep });
    const rejected: unknown[] = [];
    only.on('client:rejected', (error) => rejected.push(error));
    await enter(only, { token: 't1', resume: 'r1' });
    await expire();
    const before = env.sockets.length;
    env.pass(kPatienceMs);
    await quiet();
    env.pass(60_000);
    await quiet();
    expect(env.sockets.length).toBeGreaterThan(before);
    expect(rejected).toEqual([]);
    expect(only.state).toBe('signingIn');
  });

  it('may take its time once the server is asked', async () => {
    const only = await open({
      renew: (_, attempt) => attempt({ kind: 'refresh', refresh: 'good' }),
    });
    await enter(only, { token: 't1', resume: 'r1' });
    await expire();
    env.pass(kPatienceMs + 1000);
    await quiet();
    env.socket.welcome('Neo', { token: 't2', refresh: 'r2' });
    await quiet();
    expect(only.state).toBe('ready');
    expect(sent('auth').filter(({ refresh }) => refresh === 'good')).toHaveLength(1);
  });
});

describe('what crosses over', () => {
  let tab: TabClient;
  beforeEach(async () => {
    tab = await open();
    await enter(tab);
  });

  it('refusals, with everything in them', async () => {
    const refused = tab.request('roll', { dice: 'x' });
    await quiet();
    const data = { code: 'invalid_args', message: 'No.', fields: { dice: 'no dice' } };
    env.socket.reply(env.socket.find('roll'), 'error', data);
    const error = await refused.catch((reason: unknown) => reason);
    expect(error).toBeInstanceOf(CommandError);
    expect(error).toMatchObject({ code: 'invalid_args', data });
  });

  it('losses, with whether it was sent', async () => {
    const request = tab.request('roll', { dice: '2d6' });
    await quiet();
    env.socket.drop();
    const error = await request.catch((reason: unknown) => reason);
    expect(error).toBeInstanceOf(ConnectionLost);
    expect(error).toMatchObject({ sent: true });
  });

  it('progress, and what is on the wire', async () => {
    const parts: unknown[] = [];
    const wire: boolean[] = [];
    const told = tab.request('story', {}, { onProgress: ({ data }) => parts.push(data?.['append']) });
    const { done } = tab.send('sendChat', { channel: 'global', message: 'x' }, {
      onWire: (out) => wire.push(out),
    });
    await quiet();
    const story = env.socket.find('story');
    env.socket.push({ type: 'progress', for: story.id!, data: { append: 'Once' } });
    env.socket.reply(story, 'ok');
    env.socket.reply(env.socket.find('sendChat'), 'ok', { offset: 5 });
    await told;
    expect((await done).data).toMatchObject({ offset: 5 });
    expect(parts).toEqual(['Once']);
    expect(wire).toEqual([true]);
  });

  it('taking back what still waits', async () => {
    env.socket.drop();
    await quiet();
    const sending = tab.send('sendChat', { channel: 'global', message: 'x' });
    const settled = sending.done.catch((error: CommandError) => error.code);
    expect(await sending.cancel()).toBe(true);
    expect(await settled).toBe('cancelled');
  });
});
