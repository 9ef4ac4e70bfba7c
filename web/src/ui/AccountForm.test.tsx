// SPDX-License-Identifier: Apache-2.0
import { render } from 'preact';
import { act } from 'preact/test-utils';
import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { FakeEnvironment, settle } from '@parley/client/testing';
import { App } from '../state/app';
import { askEntry, entry } from '../state/entry';
import { setLocale } from '../state/preferences';
import { AppContext } from './context';

let env: FakeEnvironment;
let root: HTMLElement;

beforeEach(async () => {
  localStorage.clear();
  sessionStorage.clear();
  vi.stubGlobal('matchMedia', () => ({ matches: true, addEventListener() {} }));
  env = new FakeEnvironment();
  const app = new App(env);
  const { AccountForm } = await import('./AccountForm');
  root = document.body.appendChild(document.createElement('div'));
  await act(() =>
    render(
      <AppContext.Provider value={app}>
        <AccountForm way="register" onWay={() => {}} ways={['guest', 'login', 'register']} />
      </AppContext.Provider>,
      root,
    ),
  );
});

afterEach(() => {
  entry.value = { guests: true, registration: 'open' };
  render(null, root);
  root.remove();
  setLocale('en');
  vi.unstubAllGlobals();
});

const fill = (selector: string, value: string): Promise<void> =>
  act(() => {
    const input = root.querySelector<HTMLInputElement>(selector)!;
    input.value = value;
    input.dispatchEvent(new Event('input', { bubbles: true }));
  });
const submit = (): Promise<void> =>
  act(async () => {
    root.querySelector('form')!.dispatchEvent(new Event('submit', { cancelable: true }));
    await settle();
  });
const said = (): string | undefined => root.querySelector('.form-error')?.textContent ?? undefined;

it('says what is wrong with a password in the language of the page', async () => {
  await act(() => setLocale('ru'));
  await fill('#register-name', 'Neo');
  await submit();
  expect(said()).toBe('Введите пароль.');
  await fill('input[type=password]', 'short');
  await submit();
  expect(said()).toBe('Пароль слишком короткий: нужно не меньше 8 символов.');
  expect(root.querySelector(':required, [minlength]')).toBeNull();
  expect(env.sockets).toHaveLength(0);
  await fill('input[type=password]', 'long enough');
  await submit();
  expect(env.sockets).toHaveLength(1);
});

it('has room for an invitation before the server asks for one', async () => {
  await act(() => root.querySelector<HTMLButtonElement>('button.link')!.click());
  await fill('#register-name', 'Neo');
  await fill('input[type=password]', 'long enough');
  await submit();
  expect(said()).toBe('Enter the code you were given.');
  await fill('#register-invitation', 'abc');
  await submit();
  expect(env.sockets).toHaveLength(1);
});

it('offers what the server takes', async () => {
  const ways = (): string[] => [...root.querySelectorAll('.segments button')].map((one) => one.textContent!);
  expect(ways()).toEqual(['Guest', 'Log in', 'Register']);
  vi.stubGlobal('fetch', async () => Response.json({ guests: false, registration: 'closed' }));
  await act(askEntry);
  expect(ways()).toEqual(['Log in']);
  expect(root.querySelector('#login-name')).not.toBeNull();
  vi.stubGlobal('fetch', async () => Promise.reject(new Error('away')));
  await act(askEntry);
  expect(ways()).toEqual(['Log in']);
});
