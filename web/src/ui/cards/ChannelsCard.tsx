// SPDX-License-Identifier: Apache-2.0
import type { Data } from '@parley/client';
import { t } from '../../i18n';
import type { Channel } from '../../state/channel';
import { list, number, object, text } from '../../state/messages';
import { useApp } from '../context';
import { Hash } from '../icons';
import { Card } from './Card';

/** channels {channels: [{name, members, topic?}], next?}: each is a button that joins it. */
export function ChannelsCard({ channel, data }: { channel: Channel; data: Data }) {
  const app = useApp();
  const next = text(data['next']);
  return (
    <Card icon={Hash} title={t('channels')}>
      <div class="pills">
        {list(data['channels']).flatMap((item) => {
          const one = object(item);
          const name = text(one?.['name']);
          if (!name) return [];
          const members = number(one?.['members']) ?? 0;
          return [
            <button
              type="button"
              key={name}
              class="pill"
              title={text(one?.['topic'])}
              aria-label={`${name}, ${t('peopleCount', { n: members })}`}
              onClick={() => app.outgoing.press(channel, { action: 'join', channel: name })}
            >
              {name} · {members}
            </button>,
          ];
        })}
        {next && (
          <button
            type="button"
            class="pill"
            onClick={() => app.outgoing.press(channel, { action: 'channels', after: next })}
          >
            {t('more')}
          </button>
        )}
      </div>
    </Card>
  );
}
