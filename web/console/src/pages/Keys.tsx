// SPDX-License-Identifier: Apache-2.0
// Keys with which programs administer the server over this port.

import { change, step } from '../api';
import { useLoaded } from '../loaded';
import { moment, t } from '../i18n';
import { act, quoted } from '../ui/action';
import { Known, PageTitle, Small, Table } from '../ui/parts';

interface Key {
  id: string;
  name: string;
  scopes: string[];
  madeBy: string;
  expiresAt: number;
  usedAt: number | null;
}

const kScopes = ['read', 'plugins', 'people', 'server', 'upload'] as const;

export function KeysPage() {
  const keys = useLoaded<{ keys: Key[] }>('/admin-keys', 10_000);
  return (
    <>
      <PageTitle title={t('adminKeys')}>
        <button type="button" class="secondary" onClick={() => makeAction(keys.again)}>
          {t('makeKey')}
        </button>
      </PageTitle>
      <p class="muted lead">{t('keysText')}</p>
      <Known of={keys}>
        {({ keys: rows }) => (
          <Table
            label={t('adminKeys')}
            empty={t('noKeysMade')}
            rows={rows}
            keyOf={({ id }) => id}
            columns={[
              { title: t('name'), cell: ({ name }) => name },
              { title: 'id', mono: true, cell: ({ id }) => id },
              { title: t('scopes'), cell: ({ scopes }) => scopes.join(', ') },
              { title: t('madeBy'), cell: ({ madeBy }) => madeBy },
              { title: t('until'), cell: ({ expiresAt }) => moment(expiresAt) },
              { title: t('lastUse'), cell: ({ usedAt }) => (usedAt === null ? t('never') : moment(usedAt)) },
            ]}
            tools={(row) => (
              <Small danger onClick={() => revokeAction(row, keys.again)}>
                {t('revoke')}
                <span class="sr-only"> {row.name}</span>
              </Small>
            )}
          />
        )}
      </Known>
    </>
  );
}

function makeAction(done: () => void): void {
  act({
    title: t('makeKey'),
    text: t('makeKeyText'),
    verb: t('make'),
    fields: [
      { name: 'name', label: t('name'), hint: t('keyNameHint'), required: true },
      { name: 'scopes', label: t('scopes'), kind: 'several', choices: kScopes, value: 'read', hint: t('scopesHint') },
      { name: 'for', label: t('howLong'), value: '90d' },
    ],
    run: async ({ name, scopes, for: life }) => {
      const wanted = { name, scopes: scopes!.split(',').filter((one) => one !== ''), for: life || undefined };
      return { text: t('makeKeyDone'), secret: (await change<{ key: string }>('/admin-keys', wanted)).key };
    },
    ctl: ({ name, scopes, for: life }) =>
      `parleyctl admin-key make ${quoted(name || 'NAME')} --scope ${scopes || 'read'}${life ? ` --for ${quoted(life)}` : ''}`,
    done,
  });
}

function revokeAction({ id, name }: Key, done: () => void): void {
  act({
    title: t('revokeKeyTitle', { name }),
    text: t('revokeKeyText'),
    verb: t('revoke'),
    danger: true,
    run: async () => {
      await change(`/admin-keys/${step(id)}/revoke`);
    },
    ctl: () => `parleyctl admin-key revoke ${id}`,
    done,
  });
}
