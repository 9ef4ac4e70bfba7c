// SPDX-License-Identifier: Apache-2.0
// A next version that serves some of the sessions beside the one that serves the others.

import { operate, step } from '../api';
import { t } from '../i18n';
import { act, flag, quoted, type Field, type Values } from '../ui/action';
import { nameOf, type Version } from './version_actions';

export interface Trial {
  version: string;
  generation: number;
  /** One of the two. */
  percent?: number;
  users?: string;
}

/** The server says it in one line: "1.1.0 (generation 3) for 10 % of the sessions". */
export function trialOf(text: string): Trial | undefined {
  const [, version, generation, whom] = /^(.+?) \(generation (\d+)\) for (.+)$/s.exec(text) ?? [];
  if (version === undefined) return undefined;
  const percent = /^(\d+) % of the sessions$/.exec(whom!)?.[1];
  const users = /^the users? (.+)$/s.exec(whom!)?.[1];
  const trial = { version, generation: Number(generation) };
  if (percent !== undefined) return { ...trial, percent: Number(percent) };
  return users === undefined ? undefined : { ...trial, users };
}

export function versionOf(text: string): string {
  return trialOf(text)?.version ?? text;
}

/** What it serves now, in the reader's language; in the server's where that is said in another way. */
export function trialText(text: string, old: string): string {
  const trial = trialOf(text);
  if (!trial) return text;
  const { version, percent, users } = trial;
  return percent !== undefined
    ? t('canaryForPercent', { version, percent, old })
    : t('canaryForUsers', { version, users: users!, old });
}

const namesIn = (text: string | undefined): string[] =>
  (text ?? '')
    .split(',')
    .map((name) => name.trim())
    .filter((name) => name !== '');

const kOther = 'other';

function sourceFields(versions: readonly Version[]): Field[] {
  const usable = versions.filter(({ revoked }) => revoked === '');
  const file: Field = { name: 'file', label: t('fromFile'), hint: t('canaryFileHint') };
  if (usable.length === 0) return [file];
  return [
    {
      name: 'from',
      label: t('canaryFrom'),
      kind: 'choice',
      choices: [
        { value: '', label: t('canaryUsual') },
        ...usable.map((one) => ({ value: one.file, label: t('canaryKept', { version: nameOf(one, versions) }) })),
        { value: kOther, label: t('canaryOther') },
      ],
    },
    { ...file, hint: '', required: true, when: ({ from }) => from === kOther },
  ];
}

function sourceOf({ from, file }: Values): string {
  return (from === undefined || from === kOther ? file : from) ?? '';
}

const isByName = ({ whom }: Values): boolean => whom === 'users';

export function beginCanaryAction(id: string, versions: readonly Version[], done: () => void): void {
  act({
    title: t('canaryTitle', { id }),
    text: t('canaryText'),
    verb: t('canaryBegin'),
    fields: [
      {
        name: 'whom',
        label: t('canaryWhom'),
        kind: 'choice',
        value: 'percent',
        choices: [
          { value: 'percent', label: t('canaryPercent') },
          { value: 'users', label: t('canaryUsers') },
        ],
      },
      {
        name: 'percent',
        label: t('percent'),
        kind: 'number',
        range: [1, 99],
        value: '10',
        required: true,
        when: (values) => !isByName(values),
      },
      { name: 'users', label: t('people'), hint: t('canaryUsersHint'), required: true, when: isByName },
      ...sourceFields(versions),
    ],
    run: async (values, heard) => {
      const from = sourceOf(values);
      const whom = isByName(values) ? { users: namesIn(values['users']) } : { percent: Number(values['percent']) };
      await operate(`/plugins/${step(id)}/canary`, { ...whom, ...(from ? { from } : {}) }, heard);
      return { text: t('canaryDone', { id }) };
    },
    ctl: (values) => {
      const names = namesIn(values['users']).map(quoted).join(' ') || 'NAME';
      const share = isByName(values) ? `user ${names}` : values['percent'] || '10';
      return `parleyctl plugin canary ${quoted(id)} ${share}${flag('from', sourceOf(values))}`;
    },
    done,
  });
}
