// SPDX-License-Identifier: Apache-2.0
// What an argument takes, in words: for hints while it is typed and for refusals afterwards.

import type { ArgSpec } from '@parley/client';
import { formatNumber, t } from '../i18n';
import type { Key } from '../i18n/en';

const kTypes: Record<string, Key> = {
  int: 'needInt',
  number: 'needNumber',
  bool: 'needBool',
  user: 'needUser',
  channel: 'needChannel',
};

export function expectation(arg: ArgSpec): string {
  if (arg.choices?.length) return t('needChoice', { list: arg.choices.join(', ') });
  const kind = kTypes[arg.type];
  const bounds = range(arg);
  if (kind) return bounds ? `${t(kind)}, ${bounds}` : t(kind);
  return bounds ? t('needTextOf', { range: bounds }) : t('needText');
}

/** The same with what the argument is for, where its type alone says little. */
export function described(arg: ArgSpec): string {
  const plain = !arg.choices?.length && !kTypes[arg.type];
  return plain && arg.help ? `${arg.help} (${expectation(arg)})` : expectation(arg);
}

/** "1 to 6", "at least 1", "at most 6", or nothing. Of a text they count its characters. */
export function range({ min, max }: ArgSpec): string {
  if (min !== undefined && max !== undefined)
    return t('range', { min: formatNumber(min), max: formatNumber(max) });
  if (min !== undefined) return t('atLeast', { min: formatNumber(min) });
  return max !== undefined ? t('atMost', { max: formatNumber(max) }) : '';
}
