// SPDX-License-Identifier: Apache-2.0
import { afterEach, describe, expect, it } from 'vitest';
import { setLocale } from '../state/preferences';
import { en } from './en';
import { ru } from './ru';
import { formatDay, formatTime, regional, t } from './index';

afterEach(() => setLocale('en'));

const placeholders = (text: unknown): string[] =>
  [...new Set([...JSON.stringify(text).matchAll(/\{(\w+)\}/g)].map((match) => match[1]!))].sort();

describe('texts', () => {
  it('use the same values in both languages', () => {
    for (const key of Object.keys(en) as (keyof typeof en)[]) {
      expect(placeholders(ru[key]), key).toEqual(placeholders(en[key]));
    }
  });

  it('have the plural forms of their language', () => {
    expect(t('peopleCount', { n: 1 })).toBe('1 person');
    expect(t('peopleCount', { n: 1200 })).toBe('1,200 people');
    setLocale('ru');
    expect([1, 2, 5, 11, 21].map((n) => t('unreadCount', { n }).split(' ')[1])).toEqual([
      'непрочитанное',
      'непрочитанных',
      'непрочитанных',
      'непрочитанных',
      'непрочитанное',
    ]);
  });

  it('put values in as text, once', () => {
    expect(t('leave', { name: '{name} <b>' })).toBe('Leave {name} <b>');
  });

  it('tell the time by one clock, that of the language and its country', () => {
    const at = new Date(2025, 5, 10, 14, 5).getTime();
    expect(formatTime(at).replace(/\s/g, ' ')).toBe('2:05 PM');
    expect(regional(['de-DE', 'en-GB', 'en-US'])).toBe('en-GB');
    expect(regional(['de-DE'])).toBe('en');
    setLocale('ru');
    expect(formatTime(at)).toBe('14:05');
    expect(regional(['en-US'])).toBe('ru');
  });

  it('name days', () => {
    const now = new Date(2025, 5, 10, 12).getTime();
    expect(formatDay(now, now)).toBe('Today');
    expect(formatDay(now - 86_400_000, now)).toBe('Yesterday');
    setLocale('ru');
    expect(formatDay(new Date(2025, 5, 1).getTime(), now)).toContain('1 июня');
  });
});
