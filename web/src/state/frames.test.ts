// SPDX-License-Identifier: Apache-2.0
// Frames nobody asked for, against a server played by hand.

import { beforeEach, expect, it } from 'vitest';
import type { Data } from '@parley/client';
import { FakeEnvironment, settle } from '@parley/client/testing';
import { App } from './app';

let env: FakeEnvironment;
let app: App;

beforeEach(async () => {
  localStorage.clear();
  sessionStorage.clear();
  env = new FakeEnvironment();
  app = new App(env);
  void app.signIn({ kind: 'guest', name: 'Neo' });
  env.socket.accept();
  env.socket.welcome('Neo', { channels: { global: 0, tea: 0 } });
  await settle();
  app.activate('tea');
});

const sentOut = (data: Data): void =>
  env.socket.push({ type: 'unsubscribed', data: { channel: 'tea', ...data } });
const notes = (): string[] =>
  app.active.value!.entries.value.flatMap((entry) => (entry.kind === 'note' ? entry.text : []));

it('say where one may not read any more', () => {
  sentOut({ reason: 'rights' });
  expect(app.channels.value.has('tea')).toBe(false);
  expect(app.active.value!.name).toBe('global');
  expect(notes()).toEqual(['You are no longer in tea: you may not read there any more.']);
});

it('say that one was taken out', () => {
  sentOut({ reason: 'removed' });
  expect(notes()).toEqual(['You were taken out of tea.']);
});

it('say nothing of what was left on another tab', () => {
  sentOut({});
  expect(app.active.value!.name).toBe('global');
  expect(notes()).toEqual([]);
});
