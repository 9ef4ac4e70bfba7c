// SPDX-License-Identifier: Apache-2.0
import { t } from '../i18n';

export function matches(text: string, ...fields: readonly string[]): boolean {
  const wanted = text.trim().toLowerCase();
  return wanted === '' || fields.some((field) => field.toLowerCase().includes(wanted));
}

export function Filter({ value, onValue }: Readonly<{ value: string; onValue: (value: string) => void }>) {
  return (
    <input
      type="search"
      class="filter"
      aria-label={t('filter')}
      placeholder={t('filter')}
      value={value}
      onInput={(event) => onValue(event.currentTarget.value)}
    />
  );
}
