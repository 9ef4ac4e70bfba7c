// SPDX-License-Identifier: Apache-2.0
// One's own account: where one is logged in, a copy of one's data, and the way out for good.

import { useEffect, useState } from 'preact/hooks';
import type { OwnSession } from '@parley/client';
import { t } from '../i18n';
import type { Ended } from '../state/app';
import { copyOfData, listSessions, patiently } from '../state/own_data';
import { useApp } from './context';
import { errorText } from './errors';
import { LogOut } from './icons';
import { PasswordForm } from './PasswordForm';
import { programOf, whereAndWhen } from './person';
import { dialog } from './view';

type Ask = (what: () => Promise<void>) => Promise<void>;

export function YourAccountBody() {
  const app = useApp();
  const [busy, setBusy] = useState(false);
  const [error, setError] = useState<unknown>(undefined);
  const [sessions, setSessions] = useState<OwnSession[]>([]);
  const ask: Ask = async (what) => {
    setBusy(true);
    setError(undefined);
    try {
      await what();
    } catch (failure) {
      setError(failure);
    } finally {
      setBusy(false);
    }
  };
  const look = async (): Promise<void> => setSessions(await listSessions(app.client));
  useEffect(() => void ask(look), [app]);
  const leave = (action: string, data: Record<string, string>, reason?: Ended): Promise<void> =>
    ask(async () => {
      await patiently(app.client, app.env, action, data);
      dialog.value = undefined;
      app.signedOut(reason);
    });
  const end = (session: OwnSession): Promise<void> =>
    ask(async () => {
      await app.client.request('endSession', { session: session.id });
      setSessions((all) => all.filter(({ id }) => id !== session.id));
    });
  const download = (): Promise<void> =>
    ask(async () => save(await copyOfData(app.client, app.env), app.self.value?.name ?? ''));
  return (
    <div class="settings">
      <Sessions sessions={sessions} busy={busy} onEnd={(session) => void end(session)} />
      {error !== undefined && (
        <p class="form-error" role="alert">
          {errorText(error)}
        </p>
      )}
      <div class="setting-actions">
        <button type="button" class="secondary" disabled={busy} onClick={() => void download()}>
          {t('downloadData')}
        </button>
        <button
          type="button"
          class="secondary"
          disabled={busy}
          onClick={() => void leave('logout', { where: 'all' })}
        >
          <LogOut size={16} strokeWidth={1.5} aria-hidden="true" />
          {t('logOutEverywhere')}
        </button>
      </div>
      {app.self.value?.kind === 'user' && <PasswordForm onChanged={() => void ask(look)} />}
      <Deletion
        busy={busy}
        onDelete={(proof) => void leave('mydata', { what: 'forget', ...proof }, 'account_deleted')}
      />
    </div>
  );
}

function Sessions({
  sessions,
  busy,
  onEnd,
}: Readonly<{
  sessions: OwnSession[];
  busy: boolean;
  onEnd: (session: OwnSession) => void;
}>) {
  return (
    <section class="setting">
      <h3 id="your-sessions">{t('yourSessions')}</h3>
      <ul class="own-sessions" aria-labelledby="your-sessions">
        {sessions.map((session) => (
          <li key={session.id}>
            <span>
              <strong>{programOf(session)}</strong>
              <small class="muted">{whereAndWhen(session)}</small>
            </span>
            {session.current ? (
              <span class="badge you">{t('thisSession')}</span>
            ) : (
              <button type="button" class="secondary" disabled={busy} onClick={() => onEnd(session)}>
                {t('endSession')}
              </button>
            )}
          </li>
        ))}
      </ul>
    </section>
  );
}

function Deletion({
  busy,
  onDelete,
}: Readonly<{
  busy: boolean;
  onDelete: (proof: { password?: string; confirm: string }) => void;
}>) {
  const self = useApp().self.value;
  const [confirm, setConfirm] = useState('');
  const [password, setPassword] = useState('');
  if (!self) return null;
  return (
    <details class="deletion">
      <summary>{t('deleteAccount')}</summary>
      <form
        class="account"
        onSubmit={(event) => {
          event.preventDefault();
          onDelete({ confirm: confirm.trim(), ...(password && { password }) });
        }}
      >
        <p>{t('deleteHint')}</p>
        <label class="field">
          <span>{t('deleteConfirm', { name: self.name })}</span>
          <input
            value={confirm}
            required
            autocomplete="off"
            spellcheck={false}
            onInput={(event) => setConfirm(event.currentTarget.value)}
          />
        </label>
        {self.kind !== 'guest' && (
          <label class="field">
            <span>{t('passwordLabel')}</span>
            <input
              type="password"
              value={password}
              autocomplete="current-password"
              onInput={(event) => setPassword(event.currentTarget.value)}
            />
          </label>
        )}
        <button type="submit" class="secondary danger" disabled={busy || confirm.trim() !== self.name}>
          {t('deleteForGood')}
        </button>
      </form>
    </details>
  );
}

function save(copy: object, name: string): void {
  const url = URL.createObjectURL(
    new Blob([JSON.stringify(copy, undefined, 2)], { type: 'application/json' }),
  );
  const link = document.createElement('a');
  link.href = url;
  link.download = `parley-${name}.json`;
  link.click();
  URL.revokeObjectURL(url);
}
