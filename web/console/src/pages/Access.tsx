// SPDX-License-Identifier: Apache-2.0
// Who may call which command: the rules in the order in which they are read, other names, waits.

import { useLoaded } from '../loaded';
import { number, t } from '../i18n';
import { Ctl, Known, PageTitle, Small, State, Table } from '../ui/parts';
import {
  addAliasAction,
  addRuleAction,
  channelText,
  commandText,
  cooldownAction,
  moveRuleAction,
  removeAliasAction,
  removeCooldownAction,
  removeRuleAction,
  subjectText,
  waitText,
  type Access,
  type Names,
  type People,
} from './access_actions';
import { Explain } from './Explain';

const kLookMs = 5000;

function useNames(): { people: People; names: Names } {
  const users = useLoaded<{ users: { id: string; name: string }[] }>('/users');
  const plugins = useLoaded<{ plugins: { id: string; commands: string[] }[] }>('/plugins');
  const known = users.value?.users ?? [];
  const loaded = plugins.value?.plugins ?? [];
  return {
    people: new Map(known.map(({ id, name }) => [id, name])),
    names: {
      people: known.map(({ name }) => name),
      commands: loaded.flatMap(({ commands }) => commands).sort(),
      plugins: loaded.map(({ id }) => id),
    },
  };
}

export function AccessPage() {
  const access = useLoaded<Access>('/access', kLookMs);
  const { people, names } = useNames();
  const { value, again: done } = access;
  return (
    <>
      <PageTitle title={t('access')}>
        <button
          type="button"
          class="secondary"
          disabled={!value}
          onClick={() => value && addRuleAction(value, people, names, done)}
        >
          {t('addRule')}
        </button>
      </PageTitle>
      <p class="muted lead">{t('accessText')}</p>
      <Known of={access}>{(known) => <Rules value={known} people={people} done={done} />}</Known>
      <Ctl line="parleyctl acl list" />
      <Explain rules={value?.rules ?? []} people={people} names={names} />
      {value && <Aliases value={value} names={names} done={done} />}
      {value && <Cooldowns value={value} names={names} done={done} />}
    </>
  );
}

function Rules({ value, people, done }: Readonly<{ value: Access; people: People; done: () => void }>) {
  return (
    <Table
      label={t('rules')}
      empty={t('noRules')}
      rows={value.rules.map((rule, i) => ({ rule, place: i + 1 }))}
      keyOf={({ rule, place }) => `${place} ${rule.subject} ${rule.command}`}
      columns={[
        { title: t('place'), number: true, cell: ({ place }) => number(place) },
        {
          title: t('ruleSays'),
          cell: ({ rule: { allow } }) => <State tone={allow ? 'ok' : 'danger'}>{allow ? t('allow') : t('deny')}</State>,
        },
        { title: t('who'), cell: ({ rule }) => subjectText(rule.subject, people) },
        { title: t('command'), cell: ({ rule }) => commandText(rule.command) },
        { title: t('channel'), cell: ({ rule }) => channelText(rule.channel) },
        { title: t('note'), cell: ({ rule }) => rule.note || '–' },
      ]}
      tools={({ rule, place }) => (
        <>
          {value.rules.length > 1 && (
            <Small onClick={() => moveRuleAction(value, place, people, done)}>
              {t('move')}
              <span class="sr-only"> {t('ruleNumber', { place })}</span>
            </Small>
          )}
          <Small danger onClick={() => removeRuleAction(rule, place, people, done)}>
            {t('remove')}
            <span class="sr-only"> {t('ruleNumber', { place })}</span>
          </Small>
        </>
      )}
    />
  );
}

interface PartProps {
  value: Access;
  names: Names;
  done: () => void;
}

function Aliases({ value, names, done }: Readonly<PartProps>) {
  return (
    <>
      <h2 class="section with-tool">
        {t('aliases')}
        <Small onClick={() => addAliasAction(names, done)}>{t('addAlias')}</Small>
      </h2>
      <Table
        label={t('aliases')}
        empty={t('noAliases')}
        rows={Object.entries(value.aliases)}
        keyOf={([name]) => name}
        columns={[
          { title: t('otherName'), mono: true, cell: ([name]) => `/${name}` },
          { title: t('command'), mono: true, cell: ([, command]) => `/${command}` },
        ]}
        tools={([name, command]) => (
          <Small danger onClick={() => removeAliasAction(name, command, done)}>
            {t('remove')}
            <span class="sr-only"> {name}</span>
          </Small>
        )}
      />
    </>
  );
}

function Cooldowns({ value, names, done }: Readonly<PartProps>) {
  return (
    <>
      <h2 class="section with-tool">
        {t('cooldowns')}
        <Small onClick={() => cooldownAction(names, done)}>{t('addCooldown')}</Small>
      </h2>
      <Table
        label={t('cooldowns')}
        empty={t('noCooldowns')}
        rows={Object.entries(value.cooldowns)}
        keyOf={([command]) => command}
        columns={[
          { title: t('command'), mono: true, cell: ([command]) => `/${command}` },
          { title: t('waitUser'), number: true, cell: ([, waits]) => waitText(waits.user) },
          { title: t('waitChannel'), number: true, cell: ([, waits]) => waitText(waits.channel) },
          { title: t('waitAll'), number: true, cell: ([, waits]) => waitText(waits.all) },
        ]}
        tools={([command, waits]) => (
          <>
            <Small onClick={() => cooldownAction(names, done, command, waits)}>
              {t('change')}
              <span class="sr-only"> {command}</span>
            </Small>
            <Small danger onClick={() => removeCooldownAction(command, done)}>
              {t('remove')}
              <span class="sr-only"> {command}</span>
            </Small>
          </>
        )}
      />
    </>
  );
}
