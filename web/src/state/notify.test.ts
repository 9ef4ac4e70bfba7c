// SPDX-License-Identifier: Apache-2.0
// Who is called, and when: the browser's part is played here.

import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import type { Data, Frame } from '@parley/client';
import { FakeEnvironment, settle } from '@parley/client/testing';
import { App } from './app';
import { setWanted, turnOn } from './notify';

const shown: { title: string; options: NotificationOptions }[] = [];
let answer: NotificationPermission;

class FakeNotification {
  static permission: NotificationPermission = 'default';
  static requestPermission = vi.fn(() => {
    FakeNotification.permission = answer;
    return Promise.resolve(answer);
  });
  onclick: (() => void) | null = null;
  constructor(title: string, options: NotificationOptions) {
    shown.push({ title, options });
  }
}

let env: FakeEnvironment;
let app: App;
let hidden: boolean;
let offset: number;

beforeEach(async () => {
  localStorage.clear();
  sessionStorage.clear();
  shown.length = 0;
  hidden = true;
  answer = 'granted';
  FakeNotification.permission = 'default';
  vi.stubGlobal('Notification', FakeNotification);
  vi.spyOn(document, 'hidden', 'get').mockImplementation(() => hidden);
  env = new FakeEnvironment();
  app = new App(env);
  void app.signIn({ kind: 'guest', name: 'Neo' });
  env.socket.accept();
  env.socket.welcome('Neo', { channels: { global: 0 } });
  await settle();
  offset = 0;
  const first = { channel: 'global', offset, recovered: true, messages: [] };
  env.socket.reply(env.socket.find('subscribe'), 'subscribed', first);
  await settle();
  await turnOn();
});
afterEach(() => {
  vi.restoreAllMocks();
  vi.unstubAllGlobals();
  setWanted(false);
});

async function hear(said: string, more: Data = {}): Promise<void> {
  const frame = {
    type: 'chatMessage',
    channel: 'global',
    offset: (offset += 1),
    user: { id: 'u_ada', kind: 'user' },
    data: { from: 'Ada', text: said },
    ...more,
  };
  env.socket.push(frame as unknown as Frame);
  await settle();
}

describe('a notification', () => {
  it('tells of a mention and of a direct message, and of nothing else', async () => {
    await hear('hello everybody');
    expect(shown).toEqual([]);
    await hear('Neo, wake up');
    await hear('psst', { channel: 'dm:g_1:u_ada' });
    expect(shown.map(({ title, options }) => [title, options.body])).toEqual([
      ['Ada · global', 'Neo, wake up'],
      ['Ada', 'psst'],
    ]);
  });

  it('is not shown for what one says oneself, or sees', async () => {
    await hear('Neo was here', { user: { id: 'g_1', kind: 'guest' } });
    hidden = false;
    await hear('Neo, look');
    expect(shown).toEqual([]);
  });

  it('is not shown of a muted channel, nor where nobody asked for it', async () => {
    app.mute(app.channel('global'), true);
    await hear('Neo?');
    app.mute(app.channel('global'), false);
    setWanted(false);
    await hear('Neo??');
    expect(shown).toEqual([]);
  });

  it('needs the browser’s leave, which is asked for by turning it on', async () => {
    FakeNotification.permission = 'default';
    FakeNotification.requestPermission.mockClear();
    answer = 'denied';
    await hear('Neo?');
    expect(FakeNotification.requestPermission).not.toHaveBeenCalled();
    await turnOn();
    expect(FakeNotification.requestPermission).toHaveBeenCalledOnce();
    await hear('Neo??');
    expect(shown).toEqual([]);
  });

  it('has one line of text that turns nothing around', async () => {
    await hear('Neo\n\u202Eevil', { data: { from: '\u202EAda\n', text: `Neo\n\u202Eevil${'x'.repeat(900)}` } });
    expect(shown[0]!.title).toBe('Ada · global');
    expect(shown[0]!.options.body).toMatch(/^Neo evilx+…$/);
    expect([...shown[0]!.options.body!].length).toBe(200);
  });
});
