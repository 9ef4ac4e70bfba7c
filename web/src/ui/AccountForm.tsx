// SPDX-License-Identifier: Apache-2.0
// Guest, log in, register: one form, three ways. Passwords go to the server and nowhere else.

import { useEffect, useRef, useState } from 'preact/hooks';
import { CommandError, type Credential } from '@parley/client';
import { t } from '../i18n';
import type { Key } from '../i18n/en';
import { entry } from '../state/entry';
import { kept } from '../state/storage';
import { useApp } from './context';
import { asksForInvitation, errorText } from './errors';
import { wide } from './view';

export type Way = 'guest' | 'login' | 'register';

const kLabels: Record<Way, Key> = { guest: 'guestTab', login: 'logIn', register: 'register' };
const kSubmits: Record<Way, Key> = { guest: 'comeInAsGuest', login: 'logIn', register: 'register' };
const kHints: Record<Way, Key> = {
  guest: 'guestHint',
  login: 'loginHint',
  register: 'registerHint',
};

/** As the server has it by default; where it asks for more, it says so itself. */
const kShortest = 8;

function credentialOf(way: Way, name: string, password: string, invitation: string): Credential {
  if (way === 'guest') return { kind: 'guest', name };
  if (way === 'login') return { kind: 'login', name, password };
  return { kind: 'register', name, password, ...(invitation && { invitation }) };
}

function offered(way: Way): boolean {
  const { guests, registration } = entry.value;
  if (way === 'guest') return guests;
  return way === 'login' || registration !== 'closed';
}

export function AccountForm({
  way: wanted,
  onWay,
  ways,
  name: initialName,
  onDone,
}: Readonly<{
  way: Way;
  onWay: (way: Way) => void;
  ways: Way[];
  name?: string;
  onDone?: () => void;
}>) {
  const app = useApp();
  const way = offered(wanted) ? wanted : 'login';
  const [name, setName] = useState(initialName ?? kept.get('lastGuest') ?? '');
  const [password, setPassword] = useState('');
  // Asked for once the server has said that it wants one, or by whoever has one.
  const [invited, setInvited] = useState(false);
  const [invitation, setInvitation] = useState('');
  const [busy, setBusy] = useState(false);
  const [error, setError] = useState<unknown>(undefined);
  const field = useRef<HTMLInputElement>(null);
  useEffect(() => {
    // On a phone the keyboard would cover what this page is about.
    if (wide.matches) field.current?.focus();
  }, [way]);

  /** Said here and not by the browser, whose language may be another. */
  const missing = (): string | undefined => {
    if (way === 'guest') return undefined;
    if (!password) return t('errNoPassword');
    if (way !== 'register') return undefined;
    if ([...password].length < kShortest) return t('errPasswordShort', { n: kShortest });
    return invited && !invitation.trim() ? t('errNoInvitation') : undefined;
  };

  const enter = async (who: string): Promise<void> => {
    setBusy(true);
    setError(undefined);
    try {
      await app.signIn(credentialOf(way, who, password, invitation.trim()));
      onDone?.();
    } catch (failure) {
      setError(failure);
      if (asksForInvitation(failure)) setInvited(true);
    } finally {
      setBusy(false);
    }
  };
  const suggestion = error instanceof CommandError ? error.data.suggestion : undefined;
  return (
    <form
      class="account"
      onSubmit={(event) => {
        event.preventDefault();
        const said = missing();
        if (!name.trim()) field.current?.focus();
        else if (said) setError(said);
        else void enter(name.trim());
      }}
    >
      <div class="segments" role="group">
        {ways.filter(offered).map((item) => (
          <button
            type="button"
            key={item}
            aria-pressed={item === way}
            onClick={() => {
              setError(undefined);
              onWay(item);
            }}
          >
            {t(kLabels[item])}
          </button>
        ))}
      </div>
      <label class="field">
        <span>{t('nameLabel')}</span>
        <input
          ref={field}
          id={`${way}-name`}
          value={name}
          maxLength={64}
          autocomplete="username"
          spellcheck={false}
          placeholder={t('namePlaceholder')}
          onInput={(event) => setName(event.currentTarget.value)}
        />
      </label>
      {way !== 'guest' && (
        <label class="field">
          <span>{t('passwordLabel')}</span>
          <input
            type="password"
            value={password}
            aria-required="true"
            aria-invalid={typeof error === 'string' && !invited ? 'true' : undefined}
            autocomplete={way === 'register' ? 'new-password' : 'current-password'}
            onInput={(event) => setPassword(event.currentTarget.value)}
          />
        </label>
      )}
      {way === 'register' && invited && (
        <label class="field">
          <span>{t('invitationLabel')}</span>
          <input
            id="register-invitation"
            value={invitation}
            maxLength={64}
            aria-required="true"
            autocomplete="off"
            spellcheck={false}
            onInput={(event) => setInvitation(event.currentTarget.value)}
          />
        </label>
      )}
      {way === 'register' && !invited && (
        <button type="button" class="link" onClick={() => setInvited(true)}>
          {t('haveInvitation')}
        </button>
      )}
      {error !== undefined ? (
        <p class="form-error" role="alert">
          {typeof error === 'string' ? error : errorText(error)}
          {suggestion && (
            <button
              type="button"
              class="link"
              onClick={() => {
                setName(suggestion);
                void enter(suggestion);
              }}
            >
              {t('useSuggestion', { name: suggestion })}
            </button>
          )}
        </p>
      ) : (
        <p class="form-hint">
          {t(way === 'register' ? 'passwordHint' : kHints[way])}
          {way === 'register' && ` ${t('registerHint')}`}
        </p>
      )}
      <button type="submit" class="primary" disabled={busy}>
        {t(busy ? 'comingIn' : kSubmits[way])}
      </button>
    </form>
  );
}
