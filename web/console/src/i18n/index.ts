// SPDX-License-Identifier: Apache-2.0
// The console's texts in the language of the moment; the language is the page's own setting.

import { locale, type Locale } from '@page/state/preferences';
import { Refusal } from '../api';
import { en, type Key } from './en';
import { ru } from './ru';

export type { Key };
export const kLanguages: Record<Locale, string> = { en: 'English', ru: 'Русский' };
const texts: Record<Locale, Record<Key, string>> = { en, ru };

export function t(key: Key, values: Record<string, string | number> = {}): string {
  return texts[locale.value][key].replace(/\{(\w+)\}/g, (whole, name: string) => {
    const value = values[name];
    if (value === undefined) return whole;
    return typeof value === 'number' ? number(value) : value;
  });
}

export function number(value: number, digits = 0): string {
  return new Intl.NumberFormat(locale.value, { maximumFractionDigits: digits }).format(value);
}

export function bytes(value: number): string {
  const units = ['byte', 'kilobyte', 'megabyte', 'gigabyte'];
  let at = 0;
  while (value >= 1000 && at < units.length - 1) {
    value /= 1000;
    at += 1;
  }
  const digits = value < 10 && at > 0 ? 1 : 0;
  const options = { style: 'unit', unit: units[at], unitDisplay: 'short', maximumFractionDigits: digits };
  return new Intl.NumberFormat(locale.value, options as Intl.NumberFormatOptions).format(value);
}

/** Of microseconds: "40 µs", "3.2 ms", "1.5 s". */
export function duration(us: number): string {
  if (us < 1000) return `${number(us)} µs`;
  return us < 1_000_000 ? `${number(us / 1000, 1)} ms` : `${number(us / 1_000_000, 1)} s`;
}

/** Since how long: the largest two units that matter. */
export function span(ms: number): string {
  const minutes = Math.floor(ms / 60_000);
  const days = Math.floor(minutes / 1440);
  const hours = Math.floor(minutes / 60) % 24;
  if (days > 0) return t('daysHours', { d: days, h: hours });
  return hours > 0 ? t('hoursMinutes', { h: hours, m: minutes % 60 }) : t('minutes', { m: minutes });
}

export function moment(ts: number): string {
  return new Intl.DateTimeFormat(locale.value, { dateStyle: 'short', timeStyle: 'medium' }).format(ts);
}

const kByCode: Partial<Record<string, Key>> = {
  unreachable: 'errorUnreachable',
  rate_limited: 'errorRateLimited',
  overloaded: 'errorOverloaded',
  blocked: 'errorBlocked',
};

/** In the reader's language where the code says it all, else the server's own sentence. */
export function sentence(error: unknown): string {
  if (!(error instanceof Refusal)) return String(error);
  const key = kByCode[error.code];
  if (key) return t(key);
  return error.message || t('errorInternal', { status: error.status });
}
