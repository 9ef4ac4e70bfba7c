// SPDX-License-Identifier: Apache-2.0
// May somebody call a command, and what decides it.

import { useState } from 'preact/hooks';
import { ask, query } from '../api';
import { t } from '../i18n';
import { Refused } from '../ui/ActionWindow';
import { flag, quoted } from '../ui/action';
import { Ctl, State, Suggestions } from '../ui/parts';
import { bare, ruleText, type Names, type People, type Rule } from './access_actions';

interface Explanation {
  user: string;
  command: string;
  allowed: boolean;
  /** The place of the rule that decides, 1 is the first; none: the command's own roles. */
  rule?: number;
  because: string;
}

interface Props {
  rules: readonly Rule[];
  people: People;
  names: Names;
}

const kNothing = { user: '', command: '', channel: '' };

export function Explain({ rules, people, names }: Readonly<Props>) {
  const [typed, setTyped] = useState(kNothing);
  const [answer, setAnswer] = useState<Explanation>();
  const [error, setError] = useState<unknown>();
  // An answer stands while what it answers stands there.
  const set = (change: Partial<typeof typed>): void => {
    setTyped((before) => ({ ...before, ...change }));
    setAnswer(undefined);
    setError(undefined);
  };
  const command = bare(typed.command);
  const look = async (): Promise<void> => {
    setError(undefined);
    setAnswer(undefined);
    try {
      setAnswer(await ask<Explanation>(`/access/explain${query({ ...typed, command })}`));
    } catch (failure) {
      setError(failure);
    }
  };
  return (
    <>
      <h2 class="section">{t('explain')}</h2>
      <form
        class="search"
        role="search"
        aria-label={t('explain')}
        onSubmit={(event) => {
          event.preventDefault();
          void look();
        }}
      >
        <label class="field">
          <span>{t('person')}</span>
          <input required list="explain-people" value={typed.user} onInput={(event) => set({ user: event.currentTarget.value })} />
        </label>
        <label class="field">
          <span>{t('command')}</span>
          <input
            required
            list="explain-commands"
            value={typed.command}
            onInput={(event) => set({ command: event.currentTarget.value })}
          />
        </label>
        <label class="field">
          <span>{t('channel')}</span>
          <input value={typed.channel} onInput={(event) => set({ channel: event.currentTarget.value })} />
        </label>
        <Suggestions id="explain-people" words={names.people} />
        <Suggestions id="explain-commands" words={names.commands} />
        <button type="submit" class="secondary">
          {t('explainVerb')}
        </button>
      </form>
      <div aria-live="polite">
        {answer && <Verdict of={answer} rules={rules} people={people} />}
        {error !== undefined && <Refused error={error} />}
      </div>
      <Ctl
        line={`parleyctl acl explain ${quoted(typed.user || 'USER')} ${quoted(command || 'COMMAND')}${flag('channel', typed.channel)}`}
      />
    </>
  );
}

function Verdict({ of, rules, people }: Readonly<{ of: Explanation; rules: readonly Rule[]; people: People }>) {
  const { user, command, allowed } = of;
  return (
    <div class="notice verdict">
      <div>
        <State tone={allowed ? 'ok' : 'danger'}>{t(allowed ? 'mayCall' : 'mayNotCall', { user, command })}</State>
        <p>{reasonOf(of, rules, people)}</p>
      </div>
    </div>
  );
}

/** The server gives its reason in English; what it is about is known here too. */
export function reasonOf(answer: Explanation, rules: readonly Rule[], people: People): string {
  const rule = answer.rule === undefined ? undefined : rules[answer.rule - 1];
  if (answer.rule !== undefined && rule) return t('becauseOfRule', { place: answer.rule, rule: ruleText(rule, people) });
  const roles = /command is for the roles: (.+)$/.exec(answer.because)?.[1];
  if (roles) return t('becauseOfRoles', { roles });
  return /command is for everybody$/.test(answer.because) ? t('becauseForAll') : answer.because;
}
