// SPDX-License-Identifier: Apache-2.0
// Who did what, newest first.

import { useState } from 'preact/hooks';
import { query } from '../api';
import { useLoaded } from '../loaded';
import { moment, t } from '../i18n';
import { quoted } from '../ui/action';
import { Ctl, Known, PageTitle, State, Table } from '../ui/parts';

interface Entry {
  at: number;
  actor: string;
  actorName: string;
  address: string;
  action: string;
  target: string;
  targetName: string;
  result: string;
  detail: string;
}

const kLimits = ['50', '200', '1000'];

export function AuditPage() {
  const [wanted, setWanted] = useState({ user: '', action: '', limit: '50' });
  const [typed, setTyped] = useState(wanted);
  const entries = useLoaded<{ entries: Entry[] }>(`/audit${query(wanted)}`, 10_000);
  const set = (change: Partial<typeof typed>): void => setTyped((before) => ({ ...before, ...change }));
  const line = `parleyctl audit --limit ${wanted.limit}${wanted.user ? ` --user ${quoted(wanted.user)}` : ''}${
    wanted.action ? ` --action ${quoted(wanted.action)}` : ''
  }`;
  return (
    <>
      <PageTitle title={t('audit')} />
      <form
        class="search"
        role="search"
        onSubmit={(event) => {
          event.preventDefault();
          setWanted(typed);
        }}
      >
        <label class="field">
          <span>{t('person')}</span>
          <input value={typed.user} onInput={(event) => set({ user: event.currentTarget.value })} />
        </label>
        <label class="field">
          <span>{t('action')}</span>
          <input value={typed.action} placeholder="plugin" onInput={(event) => set({ action: event.currentTarget.value })} />
        </label>
        <label class="field">
          <span>{t('atMostLines')}</span>
          <select value={typed.limit} onInput={(event) => set({ limit: event.currentTarget.value })}>
            {kLimits.map((limit) => (
              <option key={limit}>{limit}</option>
            ))}
          </select>
        </label>
        <button type="submit" class="secondary">
          {t('search')}
        </button>
      </form>
      <Known of={entries}>
        {({ entries: rows }) => (
          <Table
            label={t('audit')}
            empty={t('nothingFound')}
            rows={rows.map((row, index) => ({ ...row, index }))}
            keyOf={({ at, index }) => `${at}-${index}`}
            columns={[
              { title: t('when'), cell: ({ at }) => moment(at) },
              { title: t('who'), cell: ({ actor, actorName }) => actorName || actor || '–' },
              { title: t('address'), mono: true, cell: ({ address }) => address || '–' },
              { title: t('action'), mono: true, cell: ({ action }) => action },
              { title: t('onWhat'), cell: ({ target, targetName }) => targetName || target || '–' },
              { title: t('result'), cell: ({ result }) => <State tone={result === 'ok' ? 'ok' : 'danger'}>{result}</State> },
              { title: t('detail'), cell: ({ detail }) => detail || '–' },
            ]}
          />
        )}
      </Known>
      <Ctl line={line} />
    </>
  );
}
