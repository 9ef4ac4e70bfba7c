// SPDX-License-Identifier: Apache-2.0
import { kLanguages, t } from '../i18n';
import type { Key } from '../i18n/en';
import { locale, setLocale, setTheme, theme, type Locale, type Theme } from '../state/preferences';

export function LanguageChoice() {
  return (
    <div class="segments quiet" role="group" aria-label={t('language')}>
      {(Object.keys(kLanguages) as Locale[]).map((item) => (
        <button
          type="button"
          key={item}
          lang={item}
          aria-pressed={locale.value === item}
          onClick={() => setLocale(item)}
        >
          {kLanguages[item]}
        </button>
      ))}
    </div>
  );
}

const kThemes: [Theme, Key][] = [
  ['auto', 'themeAuto'],
  ['light', 'themeLight'],
  ['dark', 'themeDark'],
];

export function ThemeChoice() {
  return (
    <div class="segments quiet" role="group" aria-label={t('theme')}>
      {kThemes.map(([item, text]) => (
        <button
          type="button"
          key={item}
          aria-pressed={theme.value === item}
          onClick={() => setTheme(item)}
        >
          {t(text)}
        </button>
      ))}
    </div>
  );
}
