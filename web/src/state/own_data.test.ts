// SPDX-License-Identifier: Apache-2.0
import { beforeEach, describe, expect, it } from 'vitest';
import { FakeEnvironment, settle } from '@parley/client/testing';
import { App } from './app';
import { copyOfData, listSessions } from './own_data';

describe('own data', () => {
  let env: FakeEnvironment;
  let app: App;
  beforeEach(async () => {
    localStorage.clear();
    sessionStorage.clear();
    env = new FakeEnvironment();
    app = new App(env);
    void app.signIn({ kind: 'guest', name: 'Neo' });
    env.socket.accept();
    env.socket.welcome('Neo');
    await settle();
  });
  const answer = async (type: string, data: object): Promise<void> => {
    env.socket.reply(env.socket.last, type, { ...data });
    await settle();
  };
  const refuse = (data: object): Promise<void> => answer('error', data);

  it('lists our own session first, then the newest, and drops what is none', async () => {
    const listed = listSessions(app.client);
    await answer('sessions', {
      sessions: [
        { id: 's_old', client: 'bot 1', address: '10.0.0.1', since: 1, connected: false },
        { id: 's_here', client: 'web', address: '10.0.0.1', since: 2, connected: true, current: true },
        { id: 's_new', since: 3 },
        { client: 'nameless' },
        7,
      ],
    });
    expect((await listed).map(({ id }) => id)).toEqual(['s_here', 's_new', 's_old']);
    expect((await listed)[0]).toMatchObject({ client: 'web', current: true });
  });

  it('joins the pages of a copy, and waits when it is told to', async () => {
    const copied = copyOfData(app.client, env);
    expect(env.socket.last.data).toEqual({ what: 'export' });
    await answer('myData', { user: { name: 'Neo' }, plugins: [], messages: [{ offset: 1 }], next: 41 });
    expect(env.socket.last.data).toEqual({ what: 'export', after: 41 });
    await refuse({ code: 'rate_limited', message: 'wait', retry: true, retryAfterMs: 2000 });
    const asked = env.socket.sent.length;
    env.pass(1999);
    await settle();
    expect(env.socket.sent).toHaveLength(asked);
    env.pass(1);
    await settle();
    expect(env.socket.last.data).toEqual({ what: 'export', after: 41 });
    await answer('myData', { messages: [{ offset: 2 }] });
    expect(await copied).toEqual({
      user: { name: 'Neo' },
      plugins: [],
      messages: [{ offset: 1 }, { offset: 2 }],
    });
  });

  it('passes a refusal on', async () => {
    const copied = copyOfData(app.client, env);
    const refused = expect(copied).rejects.toMatchObject({ code: 'forbidden' });
    await refuse({ code: 'forbidden', message: 'no' });
    await refused;
  });
});
