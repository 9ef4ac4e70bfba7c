// SPDX-License-Identifier: Apache-2.0
// One's own account, asked for in the composer. What can be done about it has a window of its own.

import type { Data } from '@parley/client';
import { formatDay, formatNumber, t } from '../../i18n';
import { list, number, object, text } from '../../state/messages';
import { toSessions } from '../../state/own_data';
import { User } from '../icons';
import { programOf, whereAndWhen } from '../person';
import { dialog } from '../view';
import { Card, Fields } from './Card';
import { kindName, roleNames } from './WhoamiCard';

/** sessions {sessions: [{id, client, address, since, connected, current}]} */
export function SessionsCard({ data }: { data: Data }) {
  const sessions = toSessions(data);
  return (
    <Card icon={User} title={t('yourSessions')} tone="mine">
      <ul class="lines">
        {sessions.map((one) => (
          <li key={one.id}>
            <strong>{programOf(one)}</strong>
            {one.current && <span class="badge you">{t('thisSession')}</span>}
            <small>{whereAndWhen(one)}</small>
          </li>
        ))}
      </ul>
      <OpenAccount />
    </Card>
  );
}

/** myData {user?, plugins?, messages, next?}: how much it is; all of it is a file, not a message. */
export function DataCard({ data }: { data: Data }) {
  const user = object(data['user']);
  const messages = list(data['messages']).length;
  const since = number(user?.['createdAt']);
  const pairs: [string, string][] = [];
  if (user) pairs.push([t('nameLabel'), text(user['name']) ?? '']);
  if (user) pairs.push([t('kind'), kindName(text(user['kind']) ?? '')]);
  if (user && list(user['roles']).length > 0) pairs.push([t('roles'), roleNames(user['roles'])]);
  if (since) pairs.push([t('since'), formatDay(since)]);
  pairs.push([t('keptMessages'), `${formatNumber(messages)}${data['next'] ? '+' : ''}`]);
  if (data['plugins']) pairs.push([t('keptByPlugins'), formatNumber(list(data['plugins']).length)]);
  return (
    <Card icon={User} title={t('yourData')} tone="mine">
      <Fields pairs={pairs} />
      <OpenAccount />
    </Card>
  );
}

function OpenAccount() {
  return (
    <div class="pills">
      <button type="button" class="pill" onClick={() => (dialog.value = 'yours')}>
        {t('yourAccount')}
      </button>
    </div>
  );
}
