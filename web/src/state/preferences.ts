// SPDX-License-Identifier: Apache-2.0
// Theme and language, switched without a reload.

import { effect, signal } from '@preact/signals';
import { kept } from './storage';

export type Theme = 'auto' | 'light' | 'dark';
export type Locale = 'en' | 'ru';

function initialLocale(): Locale {
  const saved = kept.get('locale');
  if (saved === 'en' || saved === 'ru') return saved;
  return navigator.language?.toLowerCase().startsWith('ru') ? 'ru' : 'en';
}

function initialTheme(): Theme {
  const saved = kept.get('theme');
  return saved === 'light' || saved === 'dark' ? saved : 'auto';
}

export const locale = signal<Locale>(initialLocale());
export const theme = signal<Theme>(initialTheme());

/** Nobody has said or tried anything in this browser yet. */
export const firstVisit = signal(kept.get('visited') === undefined);

export function visited(): void {
  if (!firstVisit.value) return;
  firstVisit.value = false;
  kept.set('visited', '1');
}

export function setLocale(value: Locale): void {
  locale.value = value;
  kept.set('locale', value);
}

export function setTheme(value: Theme): void {
  theme.value = value;
  kept.set('theme', value === 'auto' ? undefined : value);
}

effect(() => {
  document.documentElement.lang = locale.value;
});

effect(() => {
  if (theme.value === 'auto') delete document.documentElement.dataset['theme'];
  else document.documentElement.dataset['theme'] = theme.value;
});
