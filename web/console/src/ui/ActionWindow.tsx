// SPDX-License-Identifier: Apache-2.0
// One window for every action: what will happen, what is asked for, the same for a shell, and then
// what happened, step by step.

import { useLayoutEffect, useRef, useState } from 'preact/hooks';
import { Refusal, type Problem, type Step } from '../api';
import { confirmPassword } from '../session';
import { duration, problemText, sentence, t } from '../i18n';
import { action, type Action, type Choice, type Field, type Outcome, type Values } from './action';
import { Check, CircleAlert, X } from './icons';
import { Ctl, kIcon, Sentence, Suggestions } from './parts';

export function ActionWindow() {
  const current = action.value;
  return current ? <Window key={current.title} of={current} /> : null;
}

function initial(fields: readonly Field[]): Values {
  return Object.fromEntries(fields.map(({ name, value }) => [name, value ?? '']));
}

type Phase = 'asking' | 'running' | 'done' | 'refused' | 'password';

function Window({ of }: Readonly<{ of: Action }>) {
  const element = useRef<HTMLDialogElement>(null);
  const opener = useRef(document.activeElement);
  const [values, setValues] = useState(() => initial(of.fields ?? []));
  const [file, setFile] = useState<File>();
  const [phase, setPhase] = useState<Phase>('asking');
  const [steps, setSteps] = useState<readonly Step[]>([]);
  const [outcome, setOutcome] = useState<Outcome>({});
  const [error, setError] = useState<unknown>();
  const [password, setPassword] = useState('');
  useLayoutEffect(() => {
    const box = element.current!;
    box.showModal();
    return () => {
      box.close();
      if (opener.current instanceof HTMLElement && opener.current.isConnected) opener.current.focus();
    };
  }, []);

  const close = (): void => {
    action.value = undefined;
  };
  const attempt = async (): Promise<void> => {
    setPhase('running');
    setSteps([]);
    setError(undefined);
    try {
      const result = await of.run(values, (step) => setSteps((before) => [...before, step]), file);
      of.done?.();
      setOutcome(result ?? {});
      setPhase('done');
    } catch (failure) {
      if (failure instanceof Refusal && failure.code === 'confirm_password') return setPhase('password');
      if (failure instanceof Refusal && failure.steps.length > 0) setSteps(failure.steps);
      of.done?.();
      setError(failure);
      setPhase('refused');
    }
  };
  const confirmAndAttempt = async (): Promise<void> => {
    setError(undefined);
    try {
      await confirmPassword(password);
    } catch (failure) {
      return setError(failure instanceof Refusal && failure.status === 401 ? t('wrongPassword') : failure);
    }
    setPassword('');
    await attempt();
  };

  const open = phase === 'asking' || phase === 'refused';
  return (
    <dialog
      ref={element}
      class="action"
      aria-label={of.title}
      onCancel={(event) => {
        event.preventDefault();
        if (phase !== 'running') close();
      }}
    >
      <form
        class="window"
        onSubmit={(event) => {
          event.preventDefault();
          if (phase === 'password') void confirmAndAttempt();
          else if (open) void attempt();
          else if (phase === 'done') close();
        }}
      >
        <header>
          <h2>{of.title}</h2>
          <button type="button" class="icon" aria-label={t('close')} disabled={phase === 'running'} onClick={close}>
            <X {...kIcon} />
          </button>
        </header>
        {of.text && phase !== 'done' && <p class="action-text">{of.text}</p>}
        {phase !== 'done' && phase !== 'password' && (
          <Fields of={of} values={values} setValues={setValues} setFile={setFile} busy={!open} />
        )}
        {phase === 'password' && (
          <label class="field">
            <span>{t('passwordAgain')}</span>
            <input
              type="password"
              autocomplete="current-password"
              required
              value={password}
              onInput={(event) => setPassword(event.currentTarget.value)}
              ref={(input) => input?.focus()}
            />
          </label>
        )}
        <Steps steps={steps} running={phase === 'running'} />
        <div aria-live="polite">
          {phase === 'done' && <Done outcome={outcome} />}
          {error !== undefined && <Refused error={error} />}
        </div>
        {phase !== 'password' && <Ctl line={of.ctl(values)} />}
        <footer>
          {phase === 'done' ? (
            <button type="submit" class="primary" ref={(button) => button?.focus()}>
              {t('close')}
            </button>
          ) : (
            <>
              <button type="button" class="secondary" disabled={phase === 'running'} onClick={close}>
                {t('cancel')}
              </button>
              <button type="submit" class={of.danger ? 'primary danger' : 'primary'} disabled={phase === 'running'}>
                {phase === 'running' ? t('running') : of.verb}
              </button>
            </>
          )}
        </footer>
      </form>
    </dialog>
  );
}

function Fields({
  of,
  values,
  setValues,
  setFile,
  busy,
}: Readonly<{
  of: Action;
  values: Values;
  setValues: (change: (before: Values) => Values) => void;
  setFile: (file: File | undefined) => void;
  busy: boolean;
}>) {
  const set = (name: string, value: string): void => setValues((before) => ({ ...before, [name]: value }));
  return (
    <>
      {(of.fields ?? [])
        .filter(({ when }) => when?.(values) ?? true)
        .map((field) => (
          <OneField
            key={field.name}
            field={field}
            value={values[field.name] ?? ''}
            busy={busy}
            onValue={(value) => set(field.name, value)}
            onFile={setFile}
          />
        ))}
    </>
  );
}

interface OneFieldProps {
  field: Field;
  value: string;
  busy: boolean;
  onValue: (value: string) => void;
  onFile: (file: File | undefined) => void;
}

const valueOf = (choice: Choice): string => (typeof choice === 'string' ? choice : choice.value);
const labelOf = (choice: Choice): string => (typeof choice === 'string' ? choice : choice.label);

function OneField(props: Readonly<OneFieldProps>) {
  const { field, value, busy, onValue, onFile } = props;
  if (field.kind === 'several') return <Several {...props} />;
  if (field.kind === 'flag') return <Flag {...props} />;
  return (
    <label class="field">
      <span>{field.label}</span>
      {field.kind === 'choice' ? (
        <select value={value} disabled={busy} onInput={(event) => onValue(event.currentTarget.value)}>
          {(field.choices ?? []).map((choice) => (
            <option key={valueOf(choice)} value={valueOf(choice)}>
              {labelOf(choice)}
            </option>
          ))}
        </select>
      ) : field.kind === 'file' ? (
        <input
          type="file"
          disabled={busy}
          required={field.required ?? false}
          onChange={(event) => {
            const chosen = event.currentTarget.files?.[0];
            onFile(chosen);
            onValue(chosen?.name ?? '');
          }}
        />
      ) : (
        <input
          type={field.kind ?? 'text'}
          autocomplete={field.kind === 'password' ? 'new-password' : 'off'}
          min={field.range?.[0]}
          max={field.range?.[1]}
          list={field.suggestions && `suggested-${field.name}`}
          value={value}
          disabled={busy}
          required={field.required ?? false}
          onInput={(event) => onValue(event.currentTarget.value)}
        />
      )}
      {field.suggestions && <Suggestions id={`suggested-${field.name}`} words={field.suggestions} />}
      {field.hint && <small class="muted">{field.hint}</small>}
    </label>
  );
}

function Flag({ field, value, busy, onValue }: Readonly<OneFieldProps>) {
  return (
    <div class="several">
      <label>
        <input
          type="checkbox"
          checked={value !== ''}
          disabled={busy}
          onChange={(event) => onValue(event.currentTarget.checked ? '1' : '')}
        />
        {field.label}
      </label>
      {field.hint && <small class="muted">{field.hint}</small>}
    </div>
  );
}

function Several({ field, value, busy, onValue }: Readonly<OneFieldProps>) {
  const chosen = value.split(',').filter((one) => one !== '');
  const all = (field.choices ?? []).map(valueOf);
  const turn = (choice: string, on: boolean): void =>
    onValue(all.filter((one) => (one === choice ? on : chosen.includes(one))).join(','));
  return (
    <fieldset class="several" disabled={busy}>
      <legend>{field.label}</legend>
      {all.map((choice) => (
        <label key={choice}>
          <input
            type="checkbox"
            checked={chosen.includes(choice)}
            onChange={(event) => turn(choice, event.currentTarget.checked)}
          />
          {choice}
        </label>
      ))}
      {field.hint && <small class="muted">{field.hint}</small>}
    </fieldset>
  );
}

/** The steps that ended, as the server told them. */
export function Steps({ steps, running }: Readonly<{ steps: readonly Step[]; running: boolean }>) {
  if (steps.length === 0) return null;
  return (
    <ol class="steps" aria-label={t('steps')} aria-busy={running}>
      {steps.map(({ name, ms, ok, detail }, index) => (
        <li key={index} class={ok ? 'ok' : 'failed'}>
          {ok ? <Check {...kIcon} /> : <CircleAlert {...kIcon} />}
          <span>
            {name}
            <span class="sr-only"> {ok ? t('stepDone') : t('stepFailed')}</span>
            {detail && <small>{detail}</small>}
          </span>
          <span class="number muted">{duration(ms * 1000)}</span>
        </li>
      ))}
    </ol>
  );
}

function Done({ outcome }: Readonly<{ outcome: Outcome }>) {
  return (
    <>
      <p class="notice ok" role="status">
        <Check {...kIcon} />
        <span>{outcome.text ?? t('done')}</span>
      </p>
      {outcome.secret && (
        <div class="secret">
          <code>{outcome.secret}</code>
          <p class="muted">{t('shownOnce')}</p>
        </div>
      )}
    </>
  );
}

/** Why not, and for a configuration: in which file, on which line. */
export function Refused({ error }: Readonly<{ error: unknown }>) {
  const details: readonly Problem[] = error instanceof Refusal ? error.details : [];
  return (
    <div class="notice danger" role="alert">
      <CircleAlert {...kIcon} />
      <div>
        {typeof error === 'string' ? <p>{error}</p> : details.length > 0 ? <p>{sentence(error)}</p> : <Sentence of={error} />}
        {details.length > 0 && (
          <ul class="problems">
            {details.map((problem, index) => (
              <li key={index}>
                {problem.file && <code>{problem.line > 0 ? `${problem.file}:${problem.line}` : problem.file}</code>}
                {problem.path && <strong> {problem.path}</strong>}: {problemText(problem)}
              </li>
            ))}
          </ul>
        )}
      </div>
    </div>
  );
}
