// SPDX-License-Identifier: Apache-2.0
// The console's door: an account with the role admin, or the one-time code of a new server.

import { useState } from 'preact/hooks';
import { Mark } from '@page/ui/Mark';
import { Refusal } from '../api';
import { becomeFirst, ended, logIn } from '../session';
import { t } from '../i18n';
import { Choices } from './Choices';
import { Refused } from './ActionWindow';

function why(error: unknown): unknown {
  if (error instanceof Refusal && error.code === 'unauthorized') return t('wrongLogin');
  if (error instanceof Refusal && error.code === 'forbidden') return t('noAdmin');
  return error;
}

export function Login() {
  const [first, setFirst] = useState(false);
  const [values, setValues] = useState({ code: '', name: '', password: '' });
  const [busy, setBusy] = useState(false);
  const [error, setError] = useState<unknown>();
  const set = (change: Partial<typeof values>): void => setValues((before) => ({ ...before, ...change }));
  const enter = async (): Promise<void> => {
    setBusy(true);
    setError(undefined);
    try {
      if (first) await becomeFirst(values.code, values.name, values.password);
      else await logIn(values.name, values.password);
    } catch (failure) {
      // A code that is wrong or used up is told in the server's words.
      setError(first ? failure : why(failure));
      setBusy(false);
    }
  };
  return (
    <main class="door">
      <form
        class="door-card"
        onSubmit={(event) => {
          event.preventDefault();
          void enter();
        }}
      >
        <div class="door-head">
          <Mark size={36} />
          <div>
            <h1>{t('consoleTitle')}</h1>
            <p class="muted">{first ? t('firstHint') : t('loginHint')}</p>
          </div>
        </div>
        {ended.value && error === undefined && (
          <p class="notice warn" role="status">
            {t('loginEnded')}
          </p>
        )}
        {first && (
          <label class="field">
            <span>{t('code')}</span>
            <input required autocomplete="one-time-code" value={values.code} onInput={(e) => set({ code: e.currentTarget.value })} />
          </label>
        )}
        <label class="field">
          <span>{t('name')}</span>
          <input required autocomplete="username" value={values.name} onInput={(e) => set({ name: e.currentTarget.value })} />
        </label>
        <label class="field">
          <span>{t('password')}</span>
          <input
            required
            type="password"
            autocomplete={first ? 'new-password' : 'current-password'}
            value={values.password}
            onInput={(e) => set({ password: e.currentTarget.value })}
          />
        </label>
        {error !== undefined && <Refused error={error} />}
        <button type="submit" class="primary" disabled={busy}>
          {busy ? t('running') : first ? t('makeFirst') : t('logIn')}
        </button>
        <button
          type="button"
          class="link"
          onClick={() => {
            setFirst(!first);
            setError(undefined);
          }}
        >
          {first ? t('backToLogin') : t('haveCode')}
        </button>
      </form>
      <Choices />
    </main>
  );
}
