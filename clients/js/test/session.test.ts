// SPDX-License-Identifier: Apache-2.0
import { beforeEach, describe, expect, it } from 'vitest';
import { FakeEnvironment, settle } from '../src/testing.js';
import { CommandError, ConnectionLost } from '../src/errors.js';
import { directChannel, directPeer, type Data, type Frame, type Welcome } from '../src/protocol.js';
import { Session } from '../src/session.js';

describe('Session', () => {
  let env: FakeEnvironment;
  let session: Session;
  let welcomes: [Welcome, boolean][];
  let pushes: Frame[];
  beforeEach(() => {
    env = new FakeEnvironment();
    session = new Session(env, 'ws://test/ws', { name: 'test', version: '1' });
    welcomes = [];
    pushes = [];
    session.onWelcome = (welcome, again) => welcomes.push([welcome, again]);
    session.onPush = (frame) => pushes.push(frame);
  });

  const enter = async (more = {}): Promise<void> => {
    const entered = session.signIn({ kind: 'guest', name: 'Neo' });
    env.socket.accept();
    env.socket.welcome('Neo', more);
    await entered;
  };

  it('introduces a guest and is let in', async () => {
    await enter();
    expect(env.socket.sent[0]).toMatchObject({ action: 'auth', guest: 'Neo' });
    expect(session.state).toBe('ready');
    expect(welcomes[0]![1]).toBe(false);
  });

  it('tells why it was not let in, and is signed out', async () => {
    const entered = session.signIn({ kind: 'guest', name: 'Neo' });
    env.socket.accept();
    env.socket.reply(env.socket.last, 'error', {
      code: 'conflict',
      message: 'taken',
      suggestion: 'Neo2',
    });
    await expect(entered).rejects.toMatchObject({ code: 'conflict', data: { suggestion: 'Neo2' } });
    expect(session.state).toBe('signedOut');
    expect(session.connection.state.kind).toBe('idle');
  });

  it('registers with the code of an invitation where it has one', async () => {
    const account = { name: 'Neo', password: 'there-is-no-spoon' };
    session.signIn({ kind: 'register', ...account }).catch(() => {});
    env.socket.accept();
    expect(env.socket.last).toEqual({
      action: 'register',
      id: expect.anything(),
      ...account,
      client: expect.objectContaining({ name: expect.any(String), version: expect.any(String) }),
    });
    env.socket.reply(env.socket.last, 'error', { code: 'forbidden', message: '', invitation: true });
    await settle();
    session.signIn({ kind: 'register', ...account, invitation: 'abc' }).catch(() => {});
    env.socket.accept();
    expect(env.socket.last).toMatchObject({ action: 'register', ...account, invitation: 'abc' });
  });

  it('tells at the door that the server cannot be reached', async () => {
    const entered = session.signIn({ kind: 'guest', name: 'Neo' });
    env.socket.drop();
    await expect(entered).rejects.toBeInstanceOf(ConnectionLost);
    expect(session.state).toBe('signedOut');
    env.pass(60_000);
    expect(env.sockets).toHaveLength(1);
  });

  it('matches answers with questions, whatever their order', async () => {
    await enter();
    const first = session.request('roll', { dice: '2d6' });
    const second = session.request('look');
    const [roll, look] = env.socket.sent.slice(-2);
    expect(roll).toMatchObject({ action: 'roll', data: { dice: '2d6' } });
    env.socket.reply(look!, 'playerStateUpdate', { hp: 3 });
    env.socket.reply(roll!, 'diceRolled', { total: 7 });
    expect((await first).type).toBe('diceRolled');
    expect((await second).data).toEqual({ hp: 3 });
    expect(pushes).toEqual([]);
  });

  it('keeps progress apart from the terminal frame', async () => {
    await enter();
    const heard: unknown[] = [];
    const story = session.request(
      'story',
      {},
      { onProgress: (frame) => heard.push(frame.data?.['append']) },
    );
    const id = env.socket.last.id!;
    env.socket.push({ for: id, type: 'progress', data: { append: 'Once ' } });
    env.socket.push({ for: id, type: 'progress', data: { append: 'upon' } });
    env.socket.push({ id, type: 'botMessage', data: { text: 'Once upon' } });
    await expect(story).resolves.toMatchObject({ type: 'botMessage' });
    expect(heard).toEqual(['Once ', 'upon']);
    env.socket.push({ for: id, type: 'progress', data: { append: 'late' } });
    expect(heard).toHaveLength(2);
  });

  it('gives an error its code and words', async () => {
    await enter();
    const roll = session.request('roll');
    env.socket.reply(env.socket.last, 'error', {
      code: 'unknown_action',
      message: 'no command roll',
      action: 'roll',
    });
    await expect(roll).rejects.toBeInstanceOf(CommandError);
    await expect(roll).rejects.toMatchObject({
      code: 'unknown_action',
      message: 'no command roll',
    });
  });

  it('drops an answer nobody waits for', async () => {
    await enter();
    const roll = session.request('roll');
    const asked = env.socket.last;
    env.socket.reply(asked, 'diceRolled');
    await roll;
    env.socket.reply(asked, 'diceRolled');
    expect(pushes).toEqual([]);
  });

  it('fails what was under way when the connection breaks, and comes back by itself', async () => {
    await enter();
    const roll = session.request('roll');
    env.socket.drop();
    await expect(roll).rejects.toBeInstanceOf(ConnectionLost);
    await expect(session.request('look')).rejects.toBeInstanceOf(ConnectionLost);
    env.pass(150);
    env.socket.accept();
    expect(env.socket.sent[0]).toMatchObject({ action: 'auth', guest: 'Neo' });
    env.socket.welcome();
    await settle();
    expect(session.state).toBe('ready');
    expect(welcomes[1]![1]).toBe(true);
  });

  it('comes back with the token a password has bought, not with the password', async () => {
    const entered = session.signIn({ kind: 'login', name: 'neo', password: 'secret' });
    env.socket.accept();
    expect(env.socket.sent[0]).toMatchObject({ action: 'login', name: 'neo', password: 'secret' });
    env.socket.welcome('neo', { token: 'jwt' });
    await entered;
    env.socket.drop();
    env.pass(150);
    env.socket.accept();
    expect(env.socket.sent[0]).toMatchObject({ action: 'auth', token: 'jwt' });
    expect(JSON.stringify(env.socket.sent)).not.toContain('secret');
  });

  it('takes the name that is offered when its own old connection still holds the name', async () => {
    await enter();
    env.socket.drop();
    env.pass(150);
    env.socket.accept();
    env.socket.reply(env.socket.last, 'error', {
      code: 'conflict',
      message: '',
      suggestion: 'Neo2',
    });
    await settle();
    expect(env.socket.last).toMatchObject({ action: 'auth', guest: 'Neo2' });
  });

  it('says so when the session is over after a reconnect', async () => {
    await enter();
    let reason = '';
    session.onRejected = (error) => (reason = error.code);
    env.socket.drop();
    env.pass(150);
    env.socket.accept();
    env.socket.reply(env.socket.last, 'error', { code: 'token_expired', message: 'expired' });
    await settle();
    expect(reason).toBe('token_expired');
    expect(session.state).toBe('signedOut');
  });

  const enterWithToken = async (token: string): Promise<void> => {
    const entered = session.signIn({ kind: 'token', token });
    env.socket.accept();
    env.socket.welcome();
    await entered;
  };

  it('renews an expired token and goes on', async () => {
    session.renew = (expired, attempt) => attempt({ kind: 'refresh', refresh: `for ${expired}` });
    await enterWithToken('old');
    env.socket.drop();
    env.pass(150);
    env.socket.accept();
    env.socket.reply(env.socket.last, 'error', { code: 'token_expired', message: 'expired' });
    await settle();
    expect(env.socket.last).toMatchObject({ action: 'auth', refresh: 'for old' });
    env.socket.reply(env.socket.last, 'welcome', { user: { id: 'u_1' }, token: 'new' });
    await settle();
    expect(session.state).toBe('ready');
    env.socket.drop();
    env.pass(150);
    env.socket.accept();
    expect(env.socket.last).toMatchObject({ token: 'new' });
  });

  it('renews on the live socket when it is told in time', async () => {
    session.renew = (_, attempt) => attempt({ kind: 'refresh', refresh: 'r' });
    await enterWithToken('old');
    env.socket.push({ type: 'expiring', data: { inMs: 60_000 } });
    expect(env.socket.last).toMatchObject({ action: 'auth', refresh: 'r' });
    expect(session.state).toBe('ready');
  });

  it('is shut out when the refresh token is refused too', async () => {
    session.renew = (_, attempt) => attempt({ kind: 'refresh', refresh: 'used' });
    let reason = '';
    session.onRejected = (error) => (reason = error.code);
    await enterWithToken('old');
    env.socket.drop(4502);
    env.socket.accept();
    env.socket.reply(env.socket.last, 'error', { code: 'token_expired', message: '' });
    await settle();
    env.socket.reply(env.socket.last, 'error', { code: 'unauthorized', message: '' });
    await settle();
    expect([reason, session.state]).toEqual(['unauthorized', 'signedOut']);
  });

  it('says so when the server closes with "token expired"', async () => {
    await enter();
    let reason = '';
    session.onRejected = (error) => (reason = error.code);
    env.socket.drop(4502);
    expect(reason).toBe('token_expired');
    env.pass(100_000);
    expect(env.sockets).toHaveLength(1);
  });

  it('stays the guest it is when a log-in from inside fails', async () => {
    await enter();
    const login = session.signIn({ kind: 'login', name: 'neo', password: 'wrong' });
    env.socket.reply(env.socket.find('login'), 'error', { code: 'unauthorized', message: 'no' });
    await expect(login).rejects.toMatchObject({ code: 'unauthorized' });
    expect(session.state).toBe('ready');
    env.socket.drop();
    env.pass(150);
    env.socket.accept();
    expect(env.socket.last).toMatchObject({ guest: 'Neo' });
  });

  it('leaves nothing behind when it signs out', async () => {
    await enter();
    const out = session.signOut();
    env.socket.reply(env.socket.find('logout'), 'ok');
    await out;
    expect(session.state).toBe('signedOut');
    env.pass(100_000);
    expect(env.sockets).toHaveLength(1);
  });

  it('cuts a socket on which no welcome comes', async () => {
    void session.signIn({ kind: 'guest', name: 'Neo' }).catch(() => undefined);
    env.socket.accept();
    env.pass(15_000);
    await settle();
    expect(session.state).toBe('signedOut');
  });

  describe('with a way back', () => {
    const kTicket = { resume: 'r_1', seq: 0 };
    const lose = async (): Promise<void> => {
      env.socket.drop();
      await settle();
      env.pass(400);
      env.socket.accept();
    };

    it('continues its session after a loss, from the last frame it saw', async () => {
      await enter(kTicket);
      session.positions = () => ({ global: 5 });
      env.socket.push({ type: 'whisper', seq: 1 });
      await lose();
      const asked = env.socket.find('resume');
      expect(asked.data).toMatchObject({
        session: 's_1',
        resume: 'r_1',
        seq: 1,
        channels: { global: 5 },
      });
      env.socket.reply(asked, 'welcome', {
        session: 's_1',
        resume: 'r_2',
        resumed: true,
        user: { id: 'g_1', name: 'Neo', kind: 'guest', roles: [] },
        channels: {},
        pending: [40],
      });
      await settle();
      expect(session.state).toBe('ready');
      expect(welcomes[1]![1]).toBe(true);
      expect(session.point).toEqual({ session: 's_1', resume: 'r_2', seq: 1 });
      void session.request('look').catch(() => undefined);
      expect(env.socket.last.id).toBe(41);
    });

    const resume = (more: Data): void =>
      env.socket.welcome('Neo', { ...kTicket, resume: 'r_2', ...more });

    it('gets the answer that was lost with the connection', async () => {
      await enter(kTicket);
      const roll = session.request('roll');
      const { id } = env.socket.last;
      await lose();
      resume({ resumed: true, replayed: 1 });
      env.socket.push({ type: 'diceRolled', id: id!, seq: 1, data: { total: 7 } });
      await expect(roll).resolves.toMatchObject({ data: { total: 7 } });
      expect(env.socket.sent.filter((frame) => frame.action === 'roll')).toEqual([]);
    });

    it('sends again what never arrived, once it is known, and nothing else', async () => {
      await enter(kTicket);
      const answered = session.request('look');
      const running = session.request('story');
      const lost = session.request('roll', { dice: '2d6' });
      const [look, story, roll] = env.socket.sent.slice(-3);
      await lose();
      resume({ resumed: true, replayed: 1, pending: [story!.id!] });
      expect(env.socket.sent.map((frame) => frame.action)).toEqual(['resume']);
      env.socket.push({ type: 'playerStateUpdate', id: look!.id!, seq: 1, data: {} });
      expect(env.socket.sent.slice(1)).toEqual([roll]);
      env.socket.reply(story!, 'botMessage');
      env.socket.reply(roll!, 'diceRolled');
      await Promise.all([answered, running, lost]);
    });

    it('says that nobody knows where the session could not go on', async () => {
      await enter(kTicket);
      const roll = session.request('roll');
      await lose();
      resume({ resumed: false });
      await expect(roll).rejects.toBeInstanceOf(ConnectionLost);
      expect(session.point).toEqual({ session: 's_1', resume: 'r_2', seq: 0 });
    });

    it('hands each frame on once', async () => {
      await enter(kTicket);
      for (const seq of [1, 2, 2, 1, 3]) env.socket.push({ type: 'whisper', seq });
      expect(pushes.map((frame) => frame.seq)).toEqual([1, 2, 3]);
    });

    it('asks for what is missing on a live socket, and waits for it', async () => {
      await enter(kTicket);
      for (const seq of [1, 3, 4]) env.socket.push({ type: 'whisper', seq });
      expect(pushes.map((frame) => frame.seq)).toEqual([1]);
      const asked = env.socket.sent.filter((frame) => frame.action === 'sync');
      expect(asked.map((frame) => frame.data)).toEqual([{ seq: 1 }]);
      for (const seq of [2, 3, 4]) env.socket.push({ type: 'whisper', seq });
      env.socket.reply(asked[0]!, 'ok');
      env.socket.push({ type: 'whisper', seq: 5 });
      expect(pushes.map((frame) => frame.seq)).toEqual([1, 2, 3, 4, 5]);
    });

    it('resumes where what is missing is not kept any more', async () => {
      await enter(kTicket);
      env.socket.push({ type: 'whisper', seq: 9 });
      env.socket.reply(env.socket.last, 'error', { code: 'position_lost', message: '' });
      await settle();
      env.pass(400);
      env.socket.accept();
      expect(env.socket.last.action).toBe('resume');
    });

    it('says now and then what it has', async () => {
      await enter(kTicket);
      for (let seq = 1; seq <= 130; seq += 1) env.socket.push({ type: 'whisper', seq });
      const acks = env.socket.sent.filter((frame) => frame.action === 'ack');
      expect(acks.map((frame) => frame.data?.['seq'])).toEqual([64, 128]);
    });

    it('comes in anew where the session is gone', async () => {
      await enter(kTicket);
      await lose();
      env.socket.reply(env.socket.find('resume'), 'error', { code: 'unauthorized', message: '' });
      await settle();
      expect(env.socket.last).toMatchObject({ action: 'auth', guest: 'Neo' });
      env.socket.welcome();
      await settle();
      expect(session.state).toBe('ready');
      expect(session.point).toBeUndefined();
    });

    it('comes in anew where wrong ones are not answered any more', async () => {
      await enter(kTicket);
      await lose();
      env.socket.reply(env.socket.find('resume'), 'error', { code: 'rate_limited', message: '', retry: true });
      await settle();
      expect(env.socket.last).toMatchObject({ action: 'auth', guest: 'Neo' });
    });

    it('tries again later where the server is only busy', async () => {
      await enter(kTicket);
      await lose();
      env.socket.reply(env.socket.find('resume'), 'error', {
        code: 'overloaded',
        message: '',
        retry: true,
      });
      await settle();
      env.pass(1000);
      env.socket.accept();
      expect(env.socket.last.action).toBe('resume');
    });

    it('is not used for what a person has just typed', async () => {
      await enter(kTicket);
      void session.signIn({ kind: 'login', name: 'trinity', password: 'x' }).catch(() => undefined);
      await settle();
      expect(env.socket.last.action).toBe('login');
    });
  });
});

describe('a ticket', () => {
  it('stands in the address, and is bought anew for every session', async () => {
    const env = new FakeEnvironment();
    const session = new Session(env, 'ws://test/ws', { name: 'test', version: '1' });
    let bought = 0;
    const entered = session.signIn({ kind: 'ticket', ticket: async () => `t_${++bought}/` });
    await settle();
    expect(env.urls).toEqual(['ws://test/ws?ticket=t_1%2F']);
    env.socket.accept();
    expect(env.socket.sent).toEqual([]);
    const user = { id: 'u_1', name: 'Neo', kind: 'user', roles: [] };
    const welcome = { v: 1, session: 's_1', user, resumed: false, channels: {} };
    env.socket.push({ type: 'welcome', data: welcome });
    await expect(entered).resolves.toMatchObject({ user: { name: 'Neo' } });
    env.socket.drop();
    env.pass(150);
    await settle();
    expect(env.urls[1]).toBe('ws://test/ws?ticket=t_2%2F');
  });

  it('that is refused lets nobody in', async () => {
    const env = new FakeEnvironment();
    const session = new Session(env, 'ws://test/ws', { name: 'test', version: '1' });
    const entered = session.signIn({ kind: 'ticket', ticket: () => 't_1' });
    env.socket.accept();
    env.socket.drop(4500);
    await expect(entered).rejects.toMatchObject({ code: 'unauthorized' });
  });
});

describe('a session that the server ends', () => {
  it('hands on the reason it gave', async () => {
    const env = new FakeEnvironment();
    const session = new Session(env, 'ws://test/ws', { name: 'test', version: '1' });
    const rejected: CommandError[] = [];
    session.onRejected = (error) => void rejected.push(error);
    void session.signIn({ kind: 'guest', name: 'Neo' });
    env.socket.accept();
    env.socket.welcome('Neo');
    await settle();
    env.socket.drop(4500, 'This account was deleted.');
    expect(rejected.map(({ data }) => data)).toEqual([
      { code: 'unauthorized', message: 'This account was deleted.' },
    ]);
    expect(session.state).toBe('signedOut');
  });
});

describe('direct channels', () => {
  it('have one name for both sides', () => {
    expect(directChannel('u_b', 'u_a')).toBe('dm:u_a:u_b');
    expect(directChannel('u_a', 'u_b')).toBe('dm:u_a:u_b');
    expect(directPeer('dm:u_a:u_b', ['u_b'])).toBe('u_a');
    expect(directPeer('dm:u_a:u_b', ['u_c'])).toBeUndefined();
    expect(directPeer('global', ['u_a'])).toBeUndefined();
  });
});
