// SPDX-License-Identifier: Apache-2.0
import { t } from '../i18n';
import type { Author } from '../state/timeline';

/** Of whoever deleted their account nothing is left but that somebody was here. */
export function nameOf({ name, kind }: Author): string {
  return kind === 'deleted' ? t('deletedPerson') : name;
}
