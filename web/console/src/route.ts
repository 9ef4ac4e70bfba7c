// SPDX-License-Identifier: Apache-2.0
// Where in the console one is: `#/plugins/dice`. The address can be kept and shared.

import { computed, signal } from '@preact/signals';

export const kPages = [
  'overview',
  'plugins',
  'sessions',
  'channels',
  'people',
  'access',
  'try',
  'audit',
  'log',
  'config',
  'keys',
] as const;
export type PageName = (typeof kPages)[number];

const hash = signal(location.hash);
window.addEventListener('hashchange', () => {
  hash.value = location.hash;
});

function words(): string[] {
  return hash.value
    .replace(/^#\/?/, '')
    .split('/')
    .filter((word) => word !== '')
    .map((word) => {
      try {
        return decodeURIComponent(word);
      } catch {
        return word;
      }
    });
}

export const page = computed<PageName>(() => kPages.find((name) => name === words()[0]) ?? 'overview');
/** What of that page: a plugin's id, a channel's name, a command. */
export const item = computed<string | undefined>(() => words()[1]);

export function hrefOf(name: PageName, what?: string): string {
  return what === undefined ? `#/${name}` : `#/${name}/${encodeURIComponent(what)}`;
}
