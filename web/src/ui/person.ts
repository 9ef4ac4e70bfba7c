// SPDX-License-Identifier: Apache-2.0
import type { OwnSession } from '@parley/client';
import { formatDay, formatTime, t } from '../i18n';
import type { Author } from '../state/timeline';

/** Of whoever deleted their account nothing is left but that somebody was here. */
export function nameOf({ name, kind }: Author): string {
  return kind === 'deleted' ? t('deletedPerson') : name;
}

/** The page by its own name; another program as it calls itself. */
export function programOf({ client, current }: Pick<OwnSession, 'client' | 'current'>): string {
  if (/^web( |$)/.test(client)) return t(current ? 'thisPage' : 'aPage');
  return client || t(current ? 'thisPage' : 'unknownProgram');
}

export function whereAndWhen({ connected, address, since }: OwnSession): string {
  return `${connected ? address : t('offline')} · ${formatDay(since)} ${formatTime(since)}`;
}
