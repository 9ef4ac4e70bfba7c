// SPDX-License-Identifier: Apache-2.0
import { render } from 'preact';
import { act } from 'preact/test-utils';
import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import type { Data } from '@parley/client';
import { FakeEnvironment, settle } from '@parley/client/testing';
import { App } from '../state/app';
import { setLocale } from '../state/preferences';
import { AppContext } from './context';
import { PasswordForm } from './PasswordForm';

let env: FakeEnvironment;
let root: HTMLElement;
const changed = vi.fn();

beforeEach(async () => {
  localStorage.clear();
  sessionStorage.clear();
  changed.mockClear();
  env = new FakeEnvironment();
  const app = new App(env);
  void app.signIn({ kind: 'login', name: 'Neo', password: 'white rabbit' });
  env.socket.accept();
  env.socket.welcome('Neo', { token: 't1' });
  await settle();
  root = document.body.appendChild(document.createElement('div'));
  await act(() =>
    render(
      <AppContext.Provider value={app}>
        <PasswordForm onChanged={changed} />
      </AppContext.Provider>,
      root,
    ),
  );
});

afterEach(() => {
  render(null, root);
  root.remove();
  setLocale('en');
});

async function change(oldPassword: string, newPassword: string): Promise<void> {
  const inputs = root.querySelectorAll('input');
  await act(() => {
    [oldPassword, newPassword].forEach((value, at) => {
      inputs[at]!.value = value;
      inputs[at]!.dispatchEvent(new Event('input', { bubbles: true }));
    });
  });
  await act(async () => {
    root.querySelector('form')!.dispatchEvent(new Event('submit', { cancelable: true }));
    await settle();
  });
}
const answer = (type: string, data: Data = {}): Promise<void> =>
  act(async () => {
    env.socket.reply(env.socket.find('changePassword'), type, data);
    await settle();
  });
const notes = (): (string | undefined)[] =>
  [...root.querySelectorAll('.field-with-note')].map(
    (field) => field.querySelector('.field-note')?.textContent ?? undefined,
  );

it('sends both, says that it is done and forgets them', async () => {
  await change('white rabbit', 'red pill, please');
  expect(env.socket.find('changePassword').data).toEqual({
    oldPassword: 'white rabbit',
    newPassword: 'red pill, please',
  });
  await answer('ok');
  const login = env.socket.find('login');
  expect(login).toMatchObject({ name: 'Neo', password: 'red pill, please' });
  await act(async () => {
    env.socket.welcome('Neo', { token: 't2' });
    await settle();
  });
  expect(localStorage.getItem('parley.token')).toBe('t2');
  expect(root.querySelector('[role=status]')!.textContent).toContain('was changed');
  expect([...root.querySelectorAll('input')].map((input) => input.value)).toEqual(['', '']);
  expect(changed).toHaveBeenCalledOnce();
});

it('says at the old one that it is wrong', async () => {
  await change('guess', 'red pill, please');
  await answer('error', { code: 'unauthorized', message: 'The old password is wrong.' });
  expect(notes()).toEqual(['The old password is wrong.', undefined]);
  expect(root.querySelector('input')!.getAttribute('aria-invalid')).toBe('true');
  expect(changed).not.toHaveBeenCalled();
});

it('says at the new one what the server wants of it, in the reader’s language', async () => {
  const short = { code: 'invalid_args', message: 'A password has 8 characters or more.' };
  await change('white rabbit', 'pill');
  await answer('error', short);
  expect(notes()).toEqual([undefined, short.message]);
  await act(() => setLocale('ru'));
  expect(notes()).toEqual([
    undefined,
    'Новый пароль слишком короткий или слишком длинный. Выберите другой.',
  ]);
});

it('says below both what is about neither', async () => {
  await change('white rabbit', 'red pill, please');
  await answer('error', { code: 'overloaded', message: 'The server is busy.' });
  expect(notes()).toEqual([undefined, undefined]);
  expect(root.querySelector('.form-error')!.textContent).toBe('The server is busy.');
});

it('says itself which field is empty, in the language of the page', async () => {
  setLocale('ru');
  await change('white rabbit', '');
  expect(notes()).toEqual([undefined, 'Введите пароль.']);
  expect(root.querySelector('input:required')).toBeNull();
  expect(env.socket.sent.some((frame) => frame.action === 'changePassword')).toBe(false);
});
