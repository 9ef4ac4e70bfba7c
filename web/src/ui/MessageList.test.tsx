// SPDX-License-Identifier: Apache-2.0
// The stream as it is drawn: what it does when it is left.

import { render } from 'preact';
import { act } from 'preact/test-utils';
import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import type { Data, Frame } from '@parley/client';
import { FakeEnvironment, settle } from '@parley/client/testing';
import { App } from '../state/app';
import { firstVisit } from '../state/preferences';
import { AppContext } from './context';

let app: App;
let env: FakeEnvironment;
let root: HTMLElement;
const errors: unknown[] = [];
const failed = (event: ErrorEvent): void => {
  event.preventDefault();
  errors.push(event.error);
};

beforeEach(async () => {
  localStorage.clear();
  sessionStorage.clear();
  errors.length = 0;
  vi.stubGlobal('ResizeObserver', class {
    observe(): void {}
    disconnect(): void {}
  });
  vi.stubGlobal('matchMedia', () => ({ matches: true, addEventListener() {} }));
  Object.assign(globalThis, { CSS: { escape: (text: string) => text } });
  window.addEventListener('error', failed);
  env = new FakeEnvironment();
  app = new App(env);
  void app.signIn({ kind: 'guest', name: 'Neo' });
  env.socket.accept();
  env.socket.welcome('Neo', { channels: { global: 1 } });
  await settle();
  const messages = [said(1, 'one')];
  env.socket.reply(env.socket.find('subscribe'), 'subscribed', { channel: 'global', messages });
  await settle();
  const { Page } = await import('./Page');
  root = document.body.appendChild(document.createElement('div'));
  await act(() =>
    render(
      <AppContext.Provider value={app}>
        <Page />
      </AppContext.Provider>,
      root,
    ),
  );
});

afterEach(() => {
  render(null, root);
  root.remove();
  window.removeEventListener('error', failed);
  vi.unstubAllGlobals();
});

const said = (offset: number, text: string, kind = 'user', id = 'u_ada'): Data => ({
  type: 'chatMessage',
  channel: 'global',
  offset,
  ts: env.now(),
  user: { id, name: 'Ada', kind },
  data: { text },
});

it('leaves the sentence of a refusal as it was when a plugin comes or goes later', async () => {
  const refused = async (line: string): Promise<string> => {
    app.outgoing.submit(app.active.value!, line);
    await act(async () => {
      const error = { code: 'unknown_action', message: 'no', action: line.slice(1) };
      env.socket.reply(env.socket.find('sendChat'), 'error', error);
      await settle();
    });
    const all = root.querySelectorAll('.refusal');
    return all[all.length - 1]!.textContent!;
  };
  const changed = (what: Data): Promise<void> =>
    act(async () => {
      env.socket.push({ type: 'commandsChanged', data: what });
      app.commands.value = [...app.commands.value];
      await settle();
    });
  const before = await refused('/dance');
  await changed({ removed: ['dance'] });
  const after = await refused('/dance');
  expect(after).not.toBe(before);
  await changed({ added: ['dance'] });
  // Drawn anew, as after a look into another channel.
  await act(() => app.openDirect({ id: 'u_ada', name: 'Ada', kind: 'user' }));
  await act(() => app.activate('global'));
  const now = [...root.querySelectorAll('.refusal')].map((one) => one.textContent);
  expect(now).toEqual([before, after]);
});

it('offers a conversation with people only, not with the server or a plugin', async () => {
  await act(async () => {
    env.socket.push(said(2, 'maintenance at six', 'service', 'b_server') as unknown as Frame);
    env.socket.push(said(3, 'a card', 'bot', 'b_poll') as unknown as Frame);
    await settle();
  });
  const faces = (offset: number): number =>
    root.querySelectorAll(`[data-offset="${offset}"] button.face`).length;
  expect([faces(1), faces(2), faces(3)]).toEqual([1, 0, 0]);
});

it('marks the messages that call this person', async () => {
  const lines = ['@neo look', 'ask (@NEO)!', '@neon look', 'Neo alone', 'me@neo.org and @Neo'];
  await act(async () => {
    lines.forEach((line, at) => env.socket.push(said(at + 2, line) as unknown as Frame));
    env.socket.push(said(7, '@Neo, that is me', 'guest', 'g_1') as unknown as Frame);
    await settle();
  });
  const marked = [...root.querySelectorAll('.calls-me .text')].map((one) => one.textContent);
  expect(marked).toEqual(['@neo look', 'ask (@NEO)!', 'me@neo.org and @Neo']);
});

it('leads from place to place: only the newest card of one has exits to press', async () => {
  const place = (name: string, exits: string[]): Data => ({ name: 'Neo', room: { name, exits } });
  const look = (line: string, data: Data): Promise<void> =>
    act(async () => {
      app.outgoing.submit(app.active.value!, line);
      env.socket.reply(env.socket.find('sendChat'), 'playerStateUpdate', data);
      await settle();
    });
  const exits = (): string[][] =>
    [...root.querySelectorAll('.card.state')].map((card) =>
      [...card.querySelectorAll('.pill')].map((pill) => pill.textContent!),
    );
  await look('/look', place('Gate', ['north']));
  expect(exits()).toEqual([['north']]);
  await look('/move north', place('Hall', ['south', 'east']));
  expect(exits()).toEqual([[], ['south', 'east']]);
  expect(root.querySelector('.card.state .past')!.textContent).toBe('Exits: north');
  const told = (room: Data): Promise<void> =>
    act(() => env.socket.push({ type: 'playerStateUpdate', data: { text: 'news', room } }));
  await told({ name: 'Hall', exits: ['south', 'east'] });
  expect(exits()).toEqual([[], ['south', 'east']]);
  await told({ name: 'Infirmary', exits: ['west'] });
  expect(exits()).toEqual([[], []]);
});

it('draws what can be done with a message once somebody turns to it, and keeps the keyboard there', async () => {
  const row = root.querySelector<HTMLElement>('[data-offset="1"] .row')!;
  expect(row.querySelector('.row-tools')).toBeNull();
  await act(() => row.focus());
  expect(document.activeElement).toBe(row);
  const tools = [...row.querySelectorAll('.row-tools button')];
  expect(tools.map((tool) => tool.getAttribute('aria-label'))).toEqual(['Reply']);
});

it('is walked through by arrows, and R answers', async () => {
  await act(async () => {
    env.socket.push(said(2, 'two') as unknown as Frame);
    env.socket.push(said(3, 'three') as unknown as Frame);
    await settle();
  });
  const press = (key: string, code = key): Promise<void> =>
    act(() => {
      const event = new KeyboardEvent('keydown', { key, code, bubbles: true, cancelable: true });
      document.activeElement!.dispatchEvent(event);
    });
  const at = (): string | null =>
    document.activeElement!.closest('[data-offset]')?.getAttribute('data-offset') ?? null;
  root.querySelector<HTMLElement>('.row')!.focus();
  await press('ArrowDown');
  expect(at()).toBe('2');
  await press('ArrowUp');
  expect(at()).toBe('1');
  await press('ArrowUp');
  expect(at()).toBe('1');
  await press('к', 'KeyR');
  expect(app.active.value!.answering.value).toMatchObject({ offset: 1, text: 'one' });
  expect(root.querySelector('.answering')!.textContent).toContain('one');
  expect(document.activeElement!.id).toBe('composer');
  await press('Escape');
  expect(app.active.value!.answering.value).toBeUndefined();
});

it('says so where the message that is answered is kept no more', async () => {
  await act(async () => {
    const late = said(9, 'late answer');
    env.socket.push({ ...late, data: { text: 'late answer', replyTo: 5 } } as unknown as Frame);
    await settle();
  });
  const quote = root.querySelector<HTMLElement>('[data-offset="9"] .reply-to')!;
  expect(quote.textContent).toContain('In reply to an older message');
  await act(async () => {
    quote.click();
    await settle();
  });
  await vi.waitFor(() =>
    expect(root.querySelector('.row.note')?.textContent).toContain('out of reach'),
  );
  expect(app.active.value!.wanted.value).toBeUndefined();
});

it('says why an operator ended the connection', async () => {
  await act(async () => {
    env.socket.drop(4504, 'flooding the channel');
    await settle();
  });
  await vi.waitFor(() =>
    expect(root.querySelector('.banner')?.textContent).toContain('flooding the channel'),
  );
});

it('bears a scroll that is told of after a conversation in which nothing was said was opened', async () => {
  const scroller = root.querySelector('.scroller')!;
  await act(() => app.openDirect({ id: 'u_ada', name: 'Ada', kind: 'user' }));
  expect(root.querySelector('.scroller')).not.toBe(scroller);
  scroller.dispatchEvent(new Event('scroll'));
  expect(errors).toEqual([]);
  expect(app.atBottom).toBe(true);
});

it('lets the welcome go up with the messages that come below it', async () => {
  await act(() => void (firstVisit.value = true));
  expect(root.querySelector('.welcome')).not.toBeNull();
  await act(() => env.socket.push(said(2, 'two') as unknown as Frame));
  const order = [...root.querySelectorAll('.entries .text, .entries .welcome')];
  const read = order.map((node) => (node.matches('.welcome') ? 'welcome' : node.textContent));
  expect(read).toEqual(['one', 'welcome', 'two']);
});

it('shows who was sent out of the last channel why, and where to go', async () => {
  await act(async () => {
    const data = { channel: 'global', reason: 'removed' };
    env.socket.push({ type: 'unsubscribed', data } as unknown as Frame);
    await settle();
  });
  expect(root.querySelector('.nowhere')?.textContent).toContain('You were taken out of global.');
  expect(root.querySelector('.nowhere .primary')?.textContent).toBe('Join a channel');
  expect(root.querySelector('#composer')).toBeNull();
});

it('says whom a typed command has blocked', async () => {
  await act(() => app.outgoing.submit(app.active.value!, '/block Ada'));
  await act(async () => {
    env.socket.reply(env.socket.find('sendChat'), 'ok', { blocked: 'Ada' });
    await settle();
  });
  const answer = root.querySelector('article.command .row-body')!.textContent;
  expect(answer).toContain('Ada is blocked: no direct messages between you.');
  expect(answer).not.toContain('Blocked');
  expect(env.socket.find('blocked')).toBeDefined();
});

it('takes the buttons away with what is over', async () => {
  const vote = (poll: number, option: number): Data => ({ action: 'vote', poll, option });
  const buttons = [
    { label: 'Tea', command: vote(4, 1) },
    { label: 'Coffee', command: vote(4, 2) },
    { label: 'Show', command: { action: 'pollResults', poll: 4 } },
    { label: 'Elsewhere', command: vote(5, 3) },
  ];
  await act(() =>
    env.socket.push({ ...said(2, 'Tea or coffee?'), data: { text: '?', buttons } } as unknown as Frame),
  );
  const pills = (): HTMLButtonElement[] => [...root.querySelectorAll<HTMLButtonElement>('.text-box .pill')];
  const press = async (code: string): Promise<void> => {
    await act(() => pills()[0]!.click());
    await act(async () => {
      env.socket.reply(env.socket.find('vote'), 'error', { code, message: '' });
      await settle();
    });
  };
  await press('rate_limited');
  expect(pills().some((pill) => pill.disabled)).toBe(false);
  await press('not_found');
  expect(pills().map((pill) => pill.disabled)).toEqual([true, true, false, false]);
});
