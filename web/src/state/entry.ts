// SPDX-License-Identifier: Apache-2.0
// How one may come in here, as the server says before anybody has.

import { signal } from '@preact/signals';

interface Entry {
  guests: boolean;
  registration: 'open' | 'invitation' | 'closed';
}

/** As by default, until the server has said otherwise. */
export const entry = signal<Entry>({ guests: true, registration: 'open' });

export async function askEntry(): Promise<void> {
  try {
    const answer = await fetch('/api/v1/entry');
    if (answer.ok) entry.value = (await answer.json()) as Entry;
  } catch {
    // Away. What is not offered is refused by the server anyway.
  }
}
