// SPDX-License-Identifier: Apache-2.0
import type { Data } from '@parley/client';
import { t } from '../../i18n';
import type { Key } from '../../i18n/en';
import { list, text } from '../../state/messages';
import { User } from '../icons';
import { Card, Fields, display } from './Card';

const kKinds: Record<string, Key> = {
  user: 'kindUser',
  guest: 'kindGuest',
  bot: 'bot',
  service: 'kindService',
};
const kRoles: Record<string, Key> = {
  user: 'roleUser',
  moderator: 'roleModerator',
  admin: 'roleAdmin',
  service: 'kindService',
};

/** Words that are known get a name, others are shown as they are. */
const word = (names: Record<string, Key>, value: string): string => {
  const key = names[value];
  return key ? t(key) : value;
};

export function WhoamiCard({ data }: { data: Data }) {
  const roles = list(data['roles']).map((role) => word(kRoles, display(role)));
  const pairs: [string, string][] = [[t('kind'), word(kKinds, text(data['kind']) ?? '')]];
  if (roles.length > 0) pairs.push([t('roles'), roles.join(', ')]);
  pairs.push([t('id'), text(data['id']) ?? ''], [t('session'), text(data['session']) ?? '']);
  return (
    <Card icon={User} title={text(data['name']) ?? ''} tone="whoami">
      <Fields pairs={pairs} />
    </Card>
  );
}
