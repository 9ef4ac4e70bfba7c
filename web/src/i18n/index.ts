// SPDX-License-Identifier: Apache-2.0
// Texts, plural forms and dates in the language of the moment. Reading `t` inside a component
// subscribes it to the language, so that a switch redraws without a reload.

import { locale, type Locale } from '../state/preferences';
import { en, type Key, type Plural, type Texts } from './en';
import { ru } from './ru';

export const kLanguages: Record<Locale, string> = { en: 'English', ru: 'Русский' };

const texts: Record<Locale, Texts> = { en, ru };

type Values = Record<string, string | number>;

export function t(key: Key, values: Values = {}): string {
  const text = texts[locale.value][key];
  return fill(typeof text === 'string' ? text : plural(text, Number(values['n'] ?? 0)), values);
}

function plural(forms: Plural, n: number): string {
  return forms[new Intl.PluralRules(locale.value).select(n)] ?? forms.other;
}

function fill(text: string, values: Values): string {
  return text.replace(/\{(\w+)\}/g, (whole, name: string) => {
    const value = values[name];
    if (value === undefined) return whole;
    return typeof value === 'number' ? formatNumber(value) : value;
  });
}

/** The usual directions in the reader's language; a map may have its own, which are shown as they are. */
export function directionName(exit: string): string {
  const known: readonly Key[] = ['north', 'south', 'east', 'west', 'up', 'down'];
  const key = known.find((item) => item === exit);
  return key ? t(key) : exit;
}

export function formatNumber(value: number): string {
  return new Intl.NumberFormat(locale.value).format(value);
}

/** The reader's own kind of the language, where the browser names one: in British English it is 14:05. */
export function regional(asked: readonly string[] = navigator.languages ?? []): string {
  const language = locale.value;
  return asked.find((tag) => tag.toLowerCase().startsWith(`${language}-`)) ?? language;
}

/** One clock for the whole page. */
export function formatTime(ts: number): string {
  return new Intl.DateTimeFormat(regional(), { timeStyle: 'short' }).format(ts);
}

export function formatMoment(ts: number): string {
  return new Intl.DateTimeFormat(regional(), { dateStyle: 'full', timeStyle: 'short' }).format(ts);
}

export function formatDay(ts: number, now = Date.now()): string {
  const day = new Date(ts).toDateString();
  if (day === new Date(now).toDateString()) return t('today');
  if (day === new Date(now - 86_400_000).toDateString()) return t('yesterday');
  const year =
    new Date(ts).getFullYear() === new Date(now).getFullYear() ? {} : { year: 'numeric' as const };
  return new Intl.DateTimeFormat(locale.value, {
    weekday: 'long',
    day: 'numeric',
    month: 'long',
    ...year,
  }).format(ts);
}
