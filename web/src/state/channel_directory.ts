// SPDX-License-Identifier: Apache-2.0
// The public channels there are, as the server lists them; nothing where it has no such list.

import type { ParleyClient, Data } from '@parley/client';
import { list, number, object, text } from './messages';

export interface ListedChannel {
  name: string;
  members: number;
  topic: string;
}

/** More than this is no list to read: one types the name then. */
const kMost = 500;

export async function listChannels(client: ParleyClient): Promise<ListedChannel[]> {
  const all: ListedChannel[] = [];
  let after = '';
  do {
    const reply = await client.request('channels', after ? { after } : {}).catch(() => undefined);
    const data: Data = reply?.data ?? {};
    all.push(...list(data['channels']).flatMap(toListed));
    const next = text(data['next']) ?? '';
    after = next > after ? next : '';
  } while (after && all.length < kMost);
  return all;
}

function toListed(item: unknown): ListedChannel[] {
  const one = object(item);
  const name = text(one?.['name']);
  if (!one || !name) return [];
  return [{ name, members: number(one['members']) ?? 0, topic: text(one['topic']) ?? '' }];
}
