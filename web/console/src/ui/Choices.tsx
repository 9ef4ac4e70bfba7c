// SPDX-License-Identifier: Apache-2.0
import { locale, setLocale, setTheme, theme, type Locale, type Theme } from '@page/state/preferences';
import { kLanguages, t, type Key } from '../i18n';

const kThemes: readonly (readonly [Theme, Key])[] = [
  ['auto', 'themeAuto'],
  ['light', 'themeLight'],
  ['dark', 'themeDark'],
];

/** Language and theme; both are the chat page's own settings in this browser. */
export function Choices() {
  return (
    <div class="choices">
      <div class="segments quiet" role="group" aria-label={t('language')}>
        {(Object.keys(kLanguages) as Locale[]).map((one) => (
          <button type="button" key={one} lang={one} aria-pressed={locale.value === one} onClick={() => setLocale(one)}>
            {kLanguages[one]}
          </button>
        ))}
      </div>
      <div class="segments quiet" role="group" aria-label={t('theme')}>
        {kThemes.map(([one, text]) => (
          <button type="button" key={one} aria-pressed={theme.value === one} onClick={() => setTheme(one)}>
            {t(text)}
          </button>
        ))}
      </div>
    </div>
  );
}
