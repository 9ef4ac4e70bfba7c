// SPDX-License-Identifier: Apache-2.0
// Who is connected, from where, and what waits for them.

import { useState } from 'preact/hooks';
import { change, step } from '../api';
import { useLoaded } from '../loaded';
import { bytes, moment, number, t, word } from '../i18n';
import { act, quoted } from '../ui/action';
import { Known, PageTitle, Small, State, Table } from '../ui/parts';
import { Filter, matches } from '../ui/Filter';

interface Session {
  id: string;
  user: string;
  kind: string;
  address: string;
  client: string;
  state: string;
  connectedAt: number;
  channels: number;
  inflight: number;
  outboxBytes: number;
}

export function SessionsPage() {
  const sessions = useLoaded<{ sessions: Session[] }>('/sessions', 3000);
  const [text, setText] = useState('');
  return (
    <>
      <PageTitle title={t('sessions')}>
        <Filter value={text} onValue={setText} />
      </PageTitle>
      <Known of={sessions}>
        {({ sessions: all }) => (
          <Table
            label={t('sessions')}
            empty={all.length > 0 ? t('nothingFound') : t('noSessions')}
            rows={all.filter((one) => matches(text, one.id, one.user, one.address, one.client))}
            keyOf={({ id }) => id}
            columns={[
              { title: t('person'), cell: ({ user, kind }) => `${user} · ${word(kind)}` },
              { title: t('state'), cell: ({ state }) => <State tone={state === 'ready' ? 'ok' : 'quiet'}>{word(state)}</State> },
              { title: t('address'), mono: true, cell: ({ address }) => address || '–' },
              { title: t('program'), cell: ({ client }) => client || '–' },
              { title: t('since'), cell: ({ connectedAt }) => moment(connectedAt) },
              { title: t('channels'), number: true, cell: ({ channels }) => number(channels) },
              { title: t('inflight'), number: true, cell: ({ inflight }) => number(inflight) },
              { title: t('waiting'), number: true, cell: ({ outboxBytes }) => bytes(outboxBytes) },
            ]}
            tools={(row) => (
              <Small danger onClick={() => kickAction(row, sessions.again)}>
                {t('kick')}
                <span class="sr-only"> {row.user}</span>
              </Small>
            )}
          />
        )}
      </Known>
    </>
  );
}

function kickAction({ id, user }: Session, done: () => void): void {
  act({
    title: t('kickTitle', { user }),
    text: t('kickText'),
    verb: t('kick'),
    danger: true,
    fields: [{ name: 'reason', label: t('reason'), hint: t('reasonHint') }],
    run: async ({ reason }) => {
      await change(`/sessions/${step(id)}/kick`, reason ? { reason } : {});
      return { text: t('kickDone', { user }) };
    },
    ctl: ({ reason }) => `parleyctl kick ${id}${reason ? ` --reason ${quoted(reason)}` : ''}`,
    done,
  });
}
