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

export const kindName = (kind: string): string => word(kKinds, kind);

export const roleNames = (roles: unknown): string =>
  list(roles)
    .map((role) => word(kRoles, display(role)))
    .join(', ');

export function WhoamiCard({ data }: { data: Data }) {
  const roles = roleNames(data['roles']);
  const pairs: [string, string][] = [[t('kind'), kindName(text(data['kind']) ?? '')]];
  if (roles) pairs.push([t('roles'), roles]);
  pairs.push([t('id'), text(data['id']) ?? ''], [t('session'), text(data['session']) ?? '']);
  return (
    <Card icon={User} title={text(data['name']) ?? ''} tone="whoami">
      <Fields pairs={pairs} />
    </Card>
  );
}
