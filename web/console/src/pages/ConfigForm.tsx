// SPDX-License-Identifier: Apache-2.0
import { useState } from 'preact/hooks';
import { change, step } from '../api';
import { t, word } from '../i18n';
import { Refused } from '../ui/ActionWindow';
import { quoted } from '../ui/action';
import { Ctl } from '../ui/parts';
import { changedFields, fieldsOf, textOf, valueOf, type ConfigField, type PluginConfig } from './config_form';

interface Props {
  id: string;
  shown: PluginConfig;
  done: () => void;
  /** The plugin went while the form was open. */
  gone: boolean;
}

export function ConfigForm({ id, shown, done, gone }: Readonly<Props>) {
  const fields = fieldsOf(shown);
  const [texts, setTexts] = useState<Record<string, string>>({});
  const [error, setError] = useState<unknown>();
  const [state, setState] = useState<'open' | 'busy' | 'done'>('open');
  if (fields.length === 0) return <p class="empty muted">{t('noKeys')}</p>;

  const changed = changedFields(fields, texts);
  const wrong = new Set(
    changed.filter((field) => valueOf(field.kind, texts[field.path]!) === undefined).map(({ path }) => path),
  );
  const send = async (set: Record<string, unknown>): Promise<void> => {
    setState('busy');
    setError(undefined);
    try {
      await change(`/plugins/${step(id)}/config`, { set }, 'PATCH');
      setState('done');
      done();
    } catch (failure) {
      setError(failure);
      setState('open');
    }
  };
  const save = (): Promise<void> =>
    send(Object.fromEntries(changed.map(({ path, kind }) => [path, valueOf(kind, texts[path]!)])));
  const line = `parleyctl plugin config ${quoted(id)}${changed
    .map(({ path }) => ` --set ${quoted(`${path}=${texts[path]}`)}`)
    .join('')}`;
  return (
    <form
      class="config-form"
      noValidate
      onSubmit={(event) => {
        event.preventDefault();
        if (wrong.size === 0 && changed.length > 0) void save();
      }}
    >
      <p class="muted">{t('configFile', { file: shown.file })}</p>
      <div class="config-fields">
        {fields.map((field) => (
          <Entry
            key={field.path}
            field={field}
            text={texts[field.path] ?? textOf(field)}
            wrong={wrong.has(field.path)}
            onText={(text) => {
              setState('open');
              setTexts((all) => ({ ...all, [field.path]: text }));
            }}
            onBack={() => {
              setTexts(({ [field.path]: _gone, ...others }) => others);
              void send({ [field.path]: null });
            }}
          />
        ))}
      </div>
      {gone && (
        <p class="notice warn" role="alert">
          {t('pluginGone', { id })}
        </p>
      )}
      {error !== undefined && <Refused error={error} />}
      {state === 'done' && (
        <p class="notice ok" role="status">
          {t('configTaken')}
        </p>
      )}
      <Ctl line={line} />
      <div class="form-end">
        <button type="submit" class="primary" disabled={state === 'busy' || changed.length === 0 || wrong.size > 0}>
          {changed.length > 0 ? t('saveChanges', { n: changed.length }) : t('nothingChanged')}
        </button>
        <button type="button" class="secondary" disabled={changed.length === 0} onClick={() => setTexts({})}>
          {t('forgetChanges')}
        </button>
      </div>
    </form>
  );
}

function rangeOf({ schema }: ConfigField): string {
  const { minimum, maximum } = schema;
  if (minimum !== undefined && maximum !== undefined) return t('fromTo', { from: minimum, to: maximum });
  if (minimum !== undefined) return t('atLeast', { value: minimum });
  return maximum !== undefined ? t('noMoreThan', { value: maximum }) : '';
}

interface EntryProps {
  field: ConfigField;
  text: string;
  wrong: boolean;
  onText: (text: string) => void;
  onBack: () => void;
}

function Entry({ field, text, wrong, onText, onBack }: Readonly<EntryProps>) {
  const id = `config-${field.path}`;
  const hint = [field.help, rangeOf(field)].filter(Boolean).join(' ');
  const overlaid = field.origin === 'overlay';
  const common = {
    id,
    'aria-invalid': wrong ? ('true' as const) : undefined,
    'aria-describedby': `${id}-hint`,
  };
  return (
    <div class="config-field">
      <label for={id}>{field.path}</label>
      {field.kind === 'truth' || field.kind === 'choice' ? (
        <select {...common} value={text} onInput={(event) => onText(event.currentTarget.value)}>
          {(field.kind === 'truth' ? ['true', 'false'] : (field.schema.enum as string[])).map((one) => (
            <option key={one} value={one}>
              {one}
            </option>
          ))}
        </select>
      ) : (
        <input
          {...common}
          inputMode={field.kind === 'whole' ? 'numeric' : field.kind === 'number' ? 'decimal' : undefined}
          value={text}
          onInput={(event) => onText(event.currentTarget.value)}
        />
      )}
      <small id={`${id}-hint`} class={wrong ? 'wrong' : 'muted'}>
        {wrong ? t(field.kind === 'json' ? 'mustBeJson' : 'mustBeNumber') : hint}
        <span class="origin"> {t('origin', { origin: field.origin ? word(field.origin) : '–' })}</span>
        {overlaid && (
          <button type="button" class="link" onClick={onBack}>
            {t('takeBack')}
            <span class="sr-only"> {field.path}</span>
          </button>
        )}
      </small>
    </div>
  );
}
