// SPDX-License-Identifier: Apache-2.0
// A new password for the old one. What is wrong stands at the field it is wrong in.

import { useState } from 'preact/hooks';
import { t } from '../i18n';
import type { Key } from '../i18n/en';
import { patiently } from '../state/own_data';
import { useApp } from './context';
import { passwordErrors, type PasswordField } from './errors';

const kLabels: Record<PasswordField, Key> = {
  oldPassword: 'oldPassword',
  newPassword: 'newPassword',
};
const kFields = ['oldPassword', 'newPassword'] as const;
const kEmpty: Record<PasswordField, string> = { oldPassword: '', newPassword: '' };

/** Fields that were left empty. */
class Missing {
  constructor(readonly fields: readonly PasswordField[]) {}
}

function wrongFields(error: unknown): ReturnType<typeof passwordErrors> {
  if (error instanceof Missing)
    return Object.fromEntries(error.fields.map((field) => [field, t('errNoPassword')]));
  return error === undefined ? {} : passwordErrors(error);
}

export function PasswordForm({ onChanged }: Readonly<{ onChanged: () => void }>) {
  const app = useApp();
  const [values, setValues] = useState(kEmpty);
  const [error, setError] = useState<unknown>(undefined);
  const [state, setState] = useState<'open' | 'busy' | 'done'>('open');
  /** The old tokens are void: with new ones this browser is known the next time too. */
  const comeInAgain = async (): Promise<void> => {
    const name = app.self.value?.name;
    if (!name) return;
    // The session we are in goes on without.
    await app.signIn({ kind: 'login', name, password: values.newPassword }).catch(() => undefined);
  };
  const change = async (): Promise<void> => {
    // Said here and not by the browser, whose language may be another.
    const empty = kFields.filter((field) => !values[field]);
    if (empty.length > 0) return setError(new Missing(empty));
    setState('busy');
    setError(undefined);
    try {
      await patiently(app.client, app.env, 'changePassword', { ...values });
      await comeInAgain();
      setValues(kEmpty);
      setState('done');
      onChanged();
    } catch (failure) {
      setError(failure);
      setState('open');
    }
  };
  const wrong = wrongFields(error);
  return (
    <details class="unfold">
      <summary>{t('changePassword')}</summary>
      <form
        class="account"
        onSubmit={(event) => {
          event.preventDefault();
          void change();
        }}
      >
        {kFields.map((field) => (
          <Field
            key={field}
            field={field}
            value={values[field]}
            wrong={wrong[field]}
            onInput={(value) => {
              setValues((all) => ({ ...all, [field]: value }));
              setState('open');
            }}
          />
        ))}
        {wrong.form && (
          <p class="form-error" role="alert">
            {wrong.form}
          </p>
        )}
        {state === 'done' && <p role="status">{t('passwordChanged')}</p>}
        <button type="submit" class="secondary" disabled={state === 'busy'}>
          {t('changePassword')}
        </button>
      </form>
    </details>
  );
}

function Field({
  field,
  value,
  wrong,
  onInput,
}: Readonly<{
  field: PasswordField;
  value: string;
  wrong: string | undefined;
  onInput: (value: string) => void;
}>) {
  const noteId = `${field}-wrong`;
  return (
    <div class="field-with-note">
      <label class="field">
        <span>{t(kLabels[field])}</span>
        <input
          type="password"
          value={value}
          aria-required="true"
          autocomplete={field === 'oldPassword' ? 'current-password' : 'new-password'}
          aria-invalid={wrong ? 'true' : undefined}
          aria-describedby={wrong ? noteId : undefined}
          onInput={(event) => onInput(event.currentTarget.value)}
        />
      </label>
      {wrong && (
        <p id={noteId} class="field-note" role="alert">
          {wrong}
        </p>
      )}
    </div>
  );
}
