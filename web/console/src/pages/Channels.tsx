// SPDX-License-Identifier: Apache-2.0
// Where people talk. What they say to each other alone is counted, and not shown.

import { useState } from 'preact/hooks';
import { useLoaded } from '../loaded';
import { moment, number, t } from '../i18n';
import { hrefOf } from '../route';
import { Filter, matches } from '../ui/Filter';
import { Ctl, Known, PageTitle, Table } from '../ui/parts';
import type { ChannelRow } from './channel_actions';

const kLookMs = 3000;

export function ChannelsPage() {
  const channels = useLoaded<{ channels: ChannelRow[] }>('/channels', kLookMs);
  const [text, setText] = useState('');
  return (
    <>
      <PageTitle title={t('channels')}>
        <Filter value={text} onValue={setText} />
      </PageTitle>
      <Known of={channels}>
        {({ channels: all }) => {
          const open = all.filter(({ people }) => people === undefined);
          const direct = all.length - open.length;
          return (
            <>
              <Table
                label={t('channels')}
                empty={open.length > 0 ? t('nothingFound') : t('noChannels')}
                rows={open.filter(({ name, topic }) => matches(text, name, topic ?? ''))}
                keyOf={({ name }) => name}
                columns={[
                  { title: t('channel'), cell: ({ name }) => <a href={hrefOf('channels', name)}>{name}</a> },
                  { title: t('topic'), cell: ({ topic }) => topic || <span class="muted">{t('noTopic')}</span> },
                  { title: t('membersNow'), number: true, cell: ({ members }) => number(members) },
                  { title: t('lastOffset'), number: true, cell: ({ messages }) => number(messages) },
                  { title: t('madeWhen'), cell: ({ createdAt }) => (createdAt ? moment(createdAt) : '–') },
                ]}
              />
              {direct > 0 && <p class="muted after-table">{t('directCount', { n: direct })}</p>}
            </>
          );
        }}
      </Known>
      <Ctl line="parleyctl channels" />
    </>
  );
}
