// SPDX-License-Identifier: Apache-2.0
// What this browser comes in with: the tokens of an account for all its tabs, a guest's name for one.

import type { Credential, ResumePoint, Welcome } from '@parley/client';
import { locale } from './preferences';
import { kept, ofThisTab } from './storage';

type Attempt = (next: Credential | undefined) => Promise<void>;

/** What every connection of the page is opened with. */
export const kClientOptions = {
  name: 'web',
  locale: (): string => locale.value,
  renew: (expired: string, attempt: Attempt) => renewOnce(() => attempt(renewed(expired))),
};

/** Who was inside when this tab was left. */
export function keptCredential(): Credential | undefined {
  const token = kept.get('token');
  if (token) return { kind: 'token', token };
  const guest = ofThisTab.get('guest');
  return guest ? { kind: 'guest', name: guest } : undefined;
}

export function keepCredential(welcome: Welcome, person: string | undefined): void {
  if (welcome.token) {
    kept.set('token', welcome.token);
    kept.set('refresh', welcome.refresh);
  }
  const guest = welcome.user.kind === 'guest';
  ofThisTab.set('guest', guest ? welcome.user.name : undefined);
  ofThisTab.set('person', guest ? person : undefined);
  if (!guest) kept.set('person', person);
  if (guest) kept.set('lastGuest', welcome.user.name);
}

export function forgetCredential(): void {
  kept.set('token', undefined);
  kept.set('refresh', undefined);
  kept.set('person', undefined);
  ofThisTab.set('guest', undefined);
  ofThisTab.set('person', undefined);
}

export function keepPoint(point: ResumePoint | undefined): void {
  ofThisTab.set('resume', point && JSON.stringify(point));
}

/** Taken once: what is left in the store would go along into a tab that is opened as a copy. */
export function takePoint(): ResumePoint | undefined {
  const raw = ofThisTab.get('resume');
  ofThisTab.set('resume', undefined);
  try {
    const kept = JSON.parse(raw ?? '{}') as Partial<ResumePoint>;
    const whole = typeof kept.session === 'string' && typeof kept.resume === 'string';
    return whole ? { session: kept.session!, resume: kept.resume!, seq: kept.seq ?? 0 } : undefined;
  } catch {
    return undefined;
  }
}

/** Another tab may have bought a new token already; a refresh token works only once. */
function renewed(expired: string): Credential | undefined {
  const token = kept.get('token');
  if (token && token !== expired) return { kind: 'token', token };
  const refresh = kept.get('refresh');
  return refresh ? { kind: 'refresh', refresh } : undefined;
}

/** One tab at a time, where the browser can do that. */
function renewOnce(run: () => Promise<void>): Promise<void> {
  return navigator.locks
    ? navigator.locks.request('parley.renew', run).then(() => undefined)
    : run();
}
