// SPDX-License-Identifier: Apache-2.0
// Whether some tab of this person is being looked at: then the others need not call out. A lock says so,
// because it goes with the tab, however that ends.

let release: (() => void) | undefined;

/** Called whenever this tab comes into view or goes out of it. */
export function watched(person: string): void {
  const { locks } = navigator as { locks?: LockManager };
  release?.();
  release = undefined;
  if (!locks || document.hidden) return;
  const seen = new Promise<void>((done) => (release = done));
  void locks.request(name(person), { mode: 'shared' }, () => seen);
}

export async function isWatched(person: string): Promise<boolean> {
  const { locks } = navigator as { locks?: LockManager };
  const { held = [] } = (await locks?.query()) ?? {};
  return held.some((lock) => lock.name === name(person));
}

const name = (person: string): string => `parley.seen.${person}`;
