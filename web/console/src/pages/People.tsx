// SPDX-License-Identifier: Apache-2.0
// Accounts, their roles, and who may make one.

import { useState } from 'preact/hooks';
import { change, step } from '../api';
import { useLoaded } from '../loaded';
import { moment, number, t, word } from '../i18n';
import { act, quoted } from '../ui/action';
import { Known, PageTitle, Small, State, Table } from '../ui/parts';
import { Filter, matches } from '../ui/Filter';
import { createLine } from './people_actions';

interface Person {
  id: string;
  name: string;
  kind: string;
  roles: string[];
  disabled: boolean;
  createdAt: number;
  sessions: number;
}

interface Invitation {
  id: string;
  note: string;
  madeBy: string;
  expiresAt: number;
}

const kRoles = ['user', 'moderator', 'admin', 'service'] as const;

export function PeoplePage() {
  const people = useLoaded<{ users: Person[] }>('/users', 10_000);
  const [text, setText] = useState('');
  return (
    <>
      <PageTitle title={t('people')}>
        <Filter value={text} onValue={setText} />
        <button type="button" class="secondary" onClick={() => createAction(people.again)}>
          {t('makeAccount')}
        </button>
      </PageTitle>
      <Known of={people}>
        {({ users }) => (
          <Table
            label={t('people')}
            empty={users.length > 0 ? t('nothingFound') : t('noPeople')}
            rows={users.filter(({ id, name, roles }) => matches(text, id, name, ...roles))}
            keyOf={({ id }) => id}
            columns={[
              { title: t('name'), cell: ({ name }) => name },
              { title: 'id', mono: true, cell: ({ id }) => id },
              { title: t('kind'), cell: ({ kind }) => word(kind) },
              { title: t('roles'), cell: ({ roles }) => roles.join(', ') || '–' },
              {
                title: t('state'),
                cell: ({ disabled }) => <State tone={disabled ? 'danger' : 'ok'}>{disabled ? t('disabled') : t('mayLogIn')}</State>,
              },
              { title: t('sessions'), number: true, cell: ({ sessions }) => number(sessions) },
              { title: t('since'), cell: ({ createdAt }) => moment(createdAt) },
            ]}
            tools={(row) => (row.kind === 'guest' ? null : <Tools row={row} done={people.again} />)}
          />
        )}
      </Known>
      <Invitations />
    </>
  );
}

function Tools({ row, done }: Readonly<{ row: Person; done: () => void }>) {
  const whose = <span class="sr-only"> {row.name}</span>;
  return (
    <>
      <Small onClick={() => rolesAction(row, done)}>
        {t('roles')}
        {whose}
      </Small>
      <Small onClick={() => passwordAction(row, done)}>
        {t('newPassword')}
        {whose}
      </Small>
      <Small danger={!row.disabled} onClick={() => disableAction(row, done)}>
        {row.disabled ? t('enable') : t('disable')}
        {whose}
      </Small>
    </>
  );
}

const kList = (text: string | undefined): string[] => (text ?? '').split(',').filter((one) => one !== '');

function createAction(done: () => void): void {
  act({
    title: t('makeAccount'),
    text: t('makeAccountText'),
    verb: t('make'),
    fields: [
      { name: 'name', label: t('name'), required: true },
      { name: 'roles', label: t('roles'), kind: 'several', choices: kRoles, value: 'user' },
    ],
    run: async ({ name, roles }) => ({
      text: t('makeAccountDone', { name: name! }),
      secret: (await change<{ password: string }>('/users', { name, roles: kList(roles) })).password,
    }),
    ctl: ({ name, roles }) => createLine(name, kList(roles)),
    done,
  });
}

function rolesAction({ name, roles }: Person, done: () => void): void {
  act({
    title: t('rolesTitle', { name }),
    text: t('rolesText'),
    verb: t('save'),
    fields: [{ name: 'roles', label: t('roles'), kind: 'several', choices: kRoles, value: roles.join(',') }],
    run: async ({ roles: wanted }) => {
      const answer = await change<{ roles: string[] }>(`/users/${step(name)}/roles`, {
        roles: ['user', ...kList(wanted).filter((one) => one !== 'user')],
      });
      return { text: t('rolesDone', { name, roles: answer.roles.join(', ') }) };
    },
    ctl: ({ roles: wanted }) => `parleyctl user role set ${quoted(name)} ${kList(wanted).join(' ') || 'user'}`,
    done,
  });
}

function passwordAction({ name }: Person, done: () => void): void {
  act({
    title: t('passwordTitle', { name }),
    text: t('passwordText'),
    verb: t('save'),
    danger: true,
    fields: [{ name: 'password', label: t('newPassword'), kind: 'password', required: true }],
    run: async ({ password }) => {
      await change(`/users/${step(name)}/password`, { password });
      return { text: t('passwordDone', { name }) };
    },
    ctl: () => `parleyctl user reset-password ${quoted(name)}`,
    done,
  });
}

function disableAction({ name, disabled }: Person, done: () => void): void {
  const verb = disabled ? 'enable' : 'disable';
  act({
    title: t(`${verb}Title`, { name }),
    text: t(`${verb}Text`),
    verb: t(verb),
    danger: !disabled,
    run: async () => {
      await change(`/users/${step(name)}/${verb}`);
      return { text: t(`${verb}Done`, { name }) };
    },
    ctl: () => `parleyctl user ${verb} ${quoted(name)}`,
    done,
  });
}

function Invitations() {
  const invitations = useLoaded<{ invitations: Invitation[] }>('/invitations');
  return (
    <>
      <h2 class="section with-tool">
        {t('invitations')}
        <Small onClick={() => inviteAction(invitations.again)}>{t('invite')}</Small>
      </h2>
      <Known of={invitations}>
        {({ invitations: rows }) => (
          <Table
            label={t('invitations')}
            empty={t('noInvitations')}
            rows={rows}
            keyOf={({ id }) => id}
            columns={[
              { title: t('note'), cell: ({ note }) => note || '–' },
              { title: 'id', mono: true, cell: ({ id }) => id },
              { title: t('madeBy'), cell: ({ madeBy }) => madeBy },
              { title: t('until'), cell: ({ expiresAt }) => moment(expiresAt) },
            ]}
            tools={(row) => (
              <Small danger onClick={() => uninviteAction(row, invitations.again)}>
                {t('revoke')}
                <span class="sr-only"> {row.note || row.id}</span>
              </Small>
            )}
          />
        )}
      </Known>
    </>
  );
}

function inviteAction(done: () => void): void {
  act({
    title: t('invite'),
    text: t('inviteText'),
    verb: t('make'),
    fields: [
      { name: 'note', label: t('note'), hint: t('noteHint') },
      { name: 'for', label: t('howLong'), hint: t('howLongHint') },
    ],
    run: async ({ note, for: life }) => ({
      text: t('inviteDone'),
      secret: (await change<{ code: string }>('/invitations', { note, for: life || undefined })).code,
    }),
    ctl: ({ note, for: life }) =>
      `parleyctl invitation make${note ? ` --note ${quoted(note)}` : ''}${life ? ` --for ${quoted(life)}` : ''}`,
    done,
  });
}

function uninviteAction({ id }: Invitation, done: () => void): void {
  act({
    title: t('uninviteTitle'),
    text: t('uninviteText'),
    verb: t('revoke'),
    danger: true,
    run: async () => {
      await change(`/invitations/${step(id)}/revoke`);
    },
    ctl: () => `parleyctl invitation revoke ${id}`,
    done,
  });
}
