// SPDX-License-Identifier: Apache-2.0
// What the browser remembers. Storage may be denied or full: then the page works and forgets.

export interface Saved {
  /** An account's token; shared by the tabs. */
  token?: string;
  /** The guest of this tab. */
  guest?: string;
}

function read(store: () => Storage, key: string): string | undefined {
  try {
    return store().getItem(`parley.${key}`) ?? undefined;
  } catch {
    return undefined;
  }
}

function write(store: () => Storage, key: string, value: string | undefined): void {
  try {
    if (value === undefined) store().removeItem(`parley.${key}`);
    else store().setItem(`parley.${key}`, value);
  } catch {
    // Nothing to do: the value lives as long as the page.
  }
}

export const kept = {
  get: (key: string) => read(() => localStorage, key),
  set: (key: string, value: string | undefined) => write(() => localStorage, key, value),
};

export const ofThisTab = {
  get: (key: string) => read(() => sessionStorage, key),
  set: (key: string, value: string | undefined) => write(() => sessionStorage, key, value),
};

export function keptJson<T>(key: string, fallback: T): T {
  const raw = kept.get(key);
  if (raw === undefined) return fallback;
  try {
    return JSON.parse(raw) as T;
  } catch {
    return fallback;
  }
}
