// SPDX-License-Identifier: Apache-2.0
// The page's way to the server: shared with its other tabs where the browser can do that, its own
// otherwise. Tabs of one person say the same name here; a guest's is kept by the tab, an account's by all.

import { Client, shareClient, type ParleyClient, type TabOptions } from '@parley/client';
import { program } from '../trusted';
import workerUrl from '../worker/tabs?sharedworker&url';
import { kept, ofThisTab } from './storage';

export type Renew = NonNullable<TabOptions['renew']>;
type Options = Required<Pick<TabOptions, 'name' | 'locale' | 'renew'>>;

/** Who sits at this tab, as far as the browser remembers; somebody new otherwise. */
export function person(): string {
  const known = kept.get('token') ? kept.get('person') : ofThisTab.get('person');
  return known ?? [...crypto.getRandomValues(new Uint32Array(4))].join('-');
}

export async function openClient(who: string, options: Options): Promise<ParleyClient> {
  return (await shared(who, options)) ?? new Client(options);
}

async function shared(who: string, options: Options): Promise<ParleyClient | undefined> {
  if (typeof SharedWorker === 'undefined') return undefined;
  try {
    const worker = new SharedWorker(program(workerUrl), { name: 'parley' });
    return await shareClient(worker, { ...options, person: who });
  } catch (error) {
    console.warn('the connection is this tab’s alone', error);
    return undefined;
  }
}
