// SPDX-License-Identifier: Apache-2.0
// The console's texts in the language of the moment; the language is the page's own setting.

import { locale, type Locale } from '@page/state/preferences';
import { kOwn, Refusal, type Problem } from '../api';
import { en, type Key } from './en';
import { ru } from './ru';
import { ruleRu } from './rules_ru';

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
  if (us < 1000) return t('microseconds', { n: us });
  return us < 1_000_000 ? t('millisecondsShort', { n: number(us / 1000, 1) }) : t('seconds', { n: number(us / 1_000_000, 1) });
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

const kWords: Partial<Record<string, Key>> = {
  guest: 'wordGuest',
  user: 'wordUser',
  bot: 'wordBot',
  service: 'wordService',
  connecting: 'wordConnecting',
  ready: 'wordReady',
  detached: 'wordDetached',
  closed: 'wordClosed',
  default: 'wordDefault',
  environment: 'wordEnvironment',
  flag: 'wordFlag',
  overlay: 'wordOverlay',
};

/** A word of the server's in the reader's language; as it came, where it is not known here. */
export function word(of: string): string {
  const key = kWords[of];
  return key ? t(key) : of;
}

const kByCode: Partial<Record<string, Key>> = {
  unreachable: 'errorUnreachable',
  rate_limited: 'errorRateLimited',
  overloaded: 'errorOverloaded',
  blocked: 'errorBlocked',
  not_found: 'errorNotFound',
  conflict: 'errorConflict',
  invalid_args: 'errorInvalidArgs',
  too_large: 'errorTooLarge',
  unauthorized: 'errorUnauthorized',
  forbidden: 'errorForbidden',
  plugin_unavailable: 'errorPluginUnavailable',
  plugin_timeout: 'errorPluginTimeout',
  plugin_crashed: 'errorPluginCrashed',
  plugin_error: 'errorPluginError',
  outcome_unknown: 'errorOutcomeUnknown',
  unsupported: 'errorUnsupported',
};
/** These say it all; of the others the server's own words know which, why and what to do. */
const kWhole = ['unreachable', 'rate_limited', 'overloaded', 'blocked'];

function inOwnWords({ code, message }: Refusal): boolean {
  return message !== '' && !kWhole.includes(code);
}

/** In the reader's language. The server speaks English, so for who reads that its own words are best. */
export function sentence(error: unknown): string {
  if (!(error instanceof Refusal)) return String(error);
  if (error.code === kOwn || (locale.value === 'en' && inOwnWords(error))) return error.message;
  return t(kByCode[error.code] ?? 'errorInternal', { status: error.status });
}

/** What is wrong with a value of a configuration. */
export function problemText({ rule, values, message }: Problem): string {
  const said = locale.value === 'ru' && rule !== undefined ? ruleRu(rule, values ?? []) : undefined;
  return said ?? message;
}

/** What the server said, where sentence() says less than that. */
export function ownWords(error: unknown): string | undefined {
  const more = error instanceof Refusal && error.code !== kOwn && locale.value !== 'en' && inOwnWords(error);
  return more ? error.message : undefined;
}
