// SPDX-License-Identifier: Apache-2.0
// Who may call what, under which names and how often: the rules, and what can be done with them.

import { ask, change, kOwn, Refusal, step } from '../api';
import { duration, t } from '../i18n';
import { act, flag, quoted, type Choice, type Field, type Values } from '../ui/action';

export interface Rule {
  allow: boolean;
  subject: string;
  command: string;
  channel: string;
  note: string;
}

export interface Waits {
  user?: number;
  channel?: number;
  all?: number;
}

export interface Access {
  rules: Rule[];
  aliases: Record<string, string>;
  cooldowns: Record<string, Waits>;
}

/** What there is to name: offered while one types. */
export interface Names {
  people: readonly string[];
  commands: readonly string[];
  plugins: readonly string[];
}

/** Ids, and the names that belong to them now. */
export type People = ReadonlyMap<string, string>;

const kAny = '*';
const kUser = 'user:';
const kPlugin = 'plugin:';

/** What the server says of a name that is not there now, which it takes because its plugin may come. */
function slip(answer: { warning?: string }): string {
  return answer.warning === undefined ? '' : ` ${t('absentNow')}`;
}

/** "role:moderator" in the reader's words; of a person a rule keeps the id. */
export function subjectText(subject: string, people: People): string {
  if (subject === 'everyone') return t('everyone');
  if (subject === 'guests') return t('guests');
  if (!subject.startsWith(kUser)) return t('withRole', { role: subject.replace(/^role:/, '') });
  const id = subject.slice(kUser.length);
  return people.get(id) ?? id;
}

export function commandText(command: string): string {
  if (command === kAny) return t('allCommands');
  return command.startsWith(kPlugin) ? t('allOfPlugin', { id: command.slice(kPlugin.length) }) : `/${command}`;
}

export function channelText(channel: string): string {
  return channel === kAny ? t('anywhere') : channel;
}

export function ruleText(rule: Rule, people: People): string {
  return t(rule.allow ? 'ruleAllows' : 'ruleDenies', {
    who: subjectText(rule.subject, people),
    command: commandText(rule.command),
    where: channelText(rule.channel),
  });
}

/** As people type it: with the / of a command line, or without. */
export const bare = (text: string | undefined): string => (text ?? '').trim().replace(/^\//, '');

// ---- rules

const kEnd = 'end';

function subjectOf({ whom, role, person }: Values): string {
  if (whom === 'role') return `role:${role}`;
  return whom === 'user' ? `${kUser}${(person ?? '').trim() || 'NAME'}` : whom!;
}

function commandOf({ what, command, plugin }: Values): string {
  if (what === 'plugin') return `${kPlugin}${(plugin ?? '').trim() || 'ID'}`;
  return what === kAny ? kAny : bare(command);
}

function ruleOf(values: Values) {
  return {
    allow: values['says'] === 'allow',
    subject: subjectOf(values),
    command: commandOf(values),
    channel: (values['channel'] ?? '').trim() || kAny,
    note: (values['note'] ?? '').trim(),
    ...(values['at'] === kEnd ? {} : { at: Number(values['at']) }),
  };
}

function subjectFields(names: Names): Field[] {
  return [
    {
      name: 'whom',
      label: t('who'),
      kind: 'choice',
      value: 'everyone',
      choices: [
        { value: 'everyone', label: t('everyone') },
        { value: 'guests', label: t('guests') },
        { value: 'role', label: t('aRole') },
        { value: 'user', label: t('aPerson') },
      ],
    },
    {
      name: 'role',
      label: t('aRole'),
      kind: 'choice',
      value: 'user',
      choices: ['user', 'moderator', 'admin', 'service'],
      when: ({ whom }) => whom === 'role',
    },
    {
      name: 'person',
      label: t('aPerson'),
      hint: t('nameOrId'),
      suggestions: names.people,
      required: true,
      when: ({ whom }) => whom === 'user',
    },
  ];
}

function commandFields(names: Names): Field[] {
  return [
    {
      name: 'what',
      label: t('callsWhat'),
      kind: 'choice',
      value: 'command',
      choices: [
        { value: 'command', label: t('oneCommand') },
        { value: 'plugin', label: t('wholePlugin') },
        { value: kAny, label: t('allCommands') },
      ],
    },
    {
      name: 'command',
      label: t('command'),
      suggestions: names.commands,
      required: true,
      when: ({ what }) => what === 'command',
    },
    {
      name: 'plugin',
      label: t('pluginId'),
      suggestions: names.plugins,
      required: true,
      when: ({ what }) => what === 'plugin',
    },
  ];
}

function placeField({ rules }: Access, people: People): Field {
  const before = (rule: Rule, place: number): Choice => ({
    value: String(place),
    label: t('beforeRule', { place, rule: ruleText(rule, people) }),
  });
  return {
    name: 'at',
    label: t('place'),
    kind: 'choice',
    value: kEnd,
    choices: [{ value: kEnd, label: t('atTheEnd') }, ...rules.map((rule, i) => before(rule, i + 1))],
  };
}

export function addRuleAction(access: Access, people: People, names: Names, done: () => void): void {
  act({
    title: t('addRule'),
    text: t('addRuleText'),
    verb: t('add'),
    fields: [
      {
        name: 'says',
        label: t('ruleSays'),
        kind: 'choice',
        value: 'deny',
        choices: [
          { value: 'allow', label: t('allow') },
          { value: 'deny', label: t('deny') },
        ],
      },
      ...subjectFields(names),
      ...commandFields(names),
      { name: 'channel', label: t('channel'), hint: t('ruleChannelHint') },
      { name: 'note', label: t('note'), hint: t('ruleNoteHint') },
      placeField(access, people),
    ],
    run: async (values) => {
      return { text: t('ruleAdded') + slip(await change('/access/rules', ruleOf(values))) };
    },
    ctl: (values) => {
      const { subject, command, channel, note, at } = ruleOf(values);
      const where = channel === kAny ? '' : flag('channel', channel);
      const place = at === undefined ? '' : ` --at ${at}`;
      return `parleyctl acl ${values['says']} ${quoted(subject)} ${quoted(command || 'COMMAND')}${where}${flag('note', note)}${place}`;
    },
    done,
  });
}

/** A rule is named by its place, and somebody else may have changed the list since it was read. */
async function sameStill(place: number, rule: Rule): Promise<void> {
  const { rules } = await ask<Access>('/access');
  if (JSON.stringify(rules[place - 1]) !== JSON.stringify(rule)) throw new Refusal(409, kOwn, t('rulesChanged'));
}

export function moveRuleAction({ rules }: Access, place: number, people: People, done: () => void): void {
  const rule = rules[place - 1]!;
  const places = rules.map((one, i): Choice => ({ value: String(i + 1), label: `${i + 1}. ${ruleText(one, people)}` }));
  act({
    title: t('moveRuleTitle', { place }),
    text: ruleText(rule, people),
    verb: t('move'),
    fields: [
      {
        name: 'to',
        label: t('moveTo'),
        kind: 'choice',
        value: String(place > 1 ? place - 1 : 2),
        choices: places.filter((_, i) => i + 1 !== place),
      },
    ],
    run: async ({ to }) => {
      await sameStill(place, rule);
      await change(`/access/rules/${place}/move`, { to: Number(to) });
      return { text: t('ruleMoved', { to: Number(to) }) };
    },
    ctl: ({ to }) => `parleyctl acl move ${place} ${to}`,
    done,
  });
}

export function removeRuleAction(rule: Rule, place: number, people: People, done: () => void): void {
  act({
    title: t('removeRuleTitle', { place }),
    text: t('removeRuleText', { rule: ruleText(rule, people) }),
    verb: t('remove'),
    danger: true,
    run: async () => {
      await sameStill(place, rule);
      await change(`/access/rules/${place}/remove`);
      return { text: t('ruleRemoved') };
    },
    ctl: () => `parleyctl acl remove ${place}`,
    done,
  });
}

// ---- other names

export function addAliasAction(names: Names, done: () => void): void {
  act({
    title: t('addAlias'),
    text: t('addAliasText'),
    verb: t('add'),
    fields: [
      { name: 'name', label: t('otherName'), required: true },
      { name: 'command', label: t('command'), suggestions: names.commands, required: true },
    ],
    run: async ({ name, command }) => {
      await change(`/access/aliases/${step(bare(name))}`, { command: bare(command) });
      return { text: t('aliasDone', { name: bare(name), command: bare(command) }) };
    },
    ctl: ({ name, command }) => `parleyctl acl alias ${quoted(bare(name) || 'NAME')} ${quoted(bare(command) || 'COMMAND')}`,
    done,
  });
}

export function removeAliasAction(name: string, command: string, done: () => void): void {
  act({
    title: t('removeAliasTitle', { name }),
    text: t('removeAliasText', { name, command }),
    verb: t('remove'),
    danger: true,
    run: async () => {
      await change(`/access/aliases/${step(name)}/remove`);
      return { text: t('aliasRemoved', { name }) };
    },
    ctl: () => `parleyctl acl alias ${quoted(name)} --remove`,
    done,
  });
}

// ---- waits

const kWaits = ['user', 'channel', 'all'] as const;
const kWaitLabels = { user: 'waitUser', channel: 'waitChannel', all: 'waitAll' } as const;
const kLongestMs = 7 * 24 * 3600 * 1000;

export function waitText(ms: number | undefined): string {
  return ms === undefined ? '–' : duration(ms * 1000);
}

function waitFields(waits: Waits): Field[] {
  return kWaits.map((name) => ({
    name,
    label: t(kWaitLabels[name]),
    hint: t('waitHint'),
    kind: 'number',
    range: [0, kLongestMs],
    value: waits[name] === undefined ? '' : String(waits[name]),
  }));
}

/** `of`: that command's; without it one is asked for. */
export function cooldownAction(names: Names, done: () => void, of?: string, waits: Waits = {}): void {
  const commandIn = ({ command }: Values): string => of ?? bare(command);
  const given = (values: Values) => kWaits.filter((name) => (values[name] ?? '') !== '');
  const asked: Field[] = [{ name: 'command', label: t('command'), suggestions: names.commands, required: true }];
  act({
    title: of === undefined ? t('addCooldown') : t('cooldownTitle', { command: of }),
    text: t('cooldownText'),
    verb: t('save'),
    fields: [...(of === undefined ? asked : []), ...waitFields(waits)],
    run: async (values) => {
      if (given(values).length === 0) throw new Refusal(422, kOwn, t('noWait'));
      const command = commandIn(values);
      const wanted = Object.fromEntries(given(values).map((name) => [name, Number(values[name])]));
      return { text: t('cooldownDone', { command }) + slip(await change(`/access/cooldowns/${step(command)}`, wanted)) };
    },
    ctl: (values) => {
      const flags = given(values).map((name) => ` --${name} ${values[name]}`);
      return `parleyctl acl cooldown ${quoted(commandIn(values) || 'COMMAND')}${flags.join('') || ' --user MS'}`;
    },
    done,
  });
}

export function removeCooldownAction(command: string, done: () => void): void {
  act({
    title: t('removeCooldownTitle', { command }),
    text: t('removeCooldownText', { command }),
    verb: t('remove'),
    danger: true,
    run: async () => {
      await change(`/access/cooldowns/${step(command)}/remove`);
      return { text: t('cooldownRemoved', { command }) };
    },
    ctl: () => `parleyctl acl cooldown ${quoted(command)} --remove`,
    done,
  });
}
