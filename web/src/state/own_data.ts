// SPDX-License-Identifier: Apache-2.0
// What people do with their own account: see their sessions, take a copy of their data.

import {
  CommandError,
  type Data,
  type Environment,
  type Frame,
  type Json,
  type OwnSession,
  type ParleyClient,
} from '@parley/client';
import { list, number, object, text } from './messages';

/** Whoever has to wait longer is told so. */
const kMostPatience = 5_000;

export async function listSessions(client: ParleyClient): Promise<OwnSession[]> {
  return toSessions((await client.request('sessions')).data);
}

/** The one we are in first, then the newest. */
export function toSessions(data: Data | undefined): OwnSession[] {
  return list(data?.['sessions'])
    .flatMap(toSession)
    .sort((a, b) => Number(b.current) - Number(a.current) || b.since - a.since);
}

function toSession(item: unknown): OwnSession[] {
  const one = object(item);
  const id = text(one?.['id']);
  if (!one || !id) return [];
  return [
    {
      id,
      client: text(one['client']) ?? '',
      address: text(one['address']) ?? '',
      since: number(one['since']) ?? 0,
      connected: one['connected'] === true,
      current: one['current'] === true,
    },
  ];
}

/** All pages of the copy as one object. */
export async function copyOfData(client: ParleyClient, env: Environment): Promise<Data> {
  const first = await page(client, env, 0);
  const messages: Json[] = [...list(first['messages'])];
  let next = number(first['next']);
  while (next !== undefined) {
    const more = await page(client, env, next);
    messages.push(...list(more['messages']));
    const after = number(more['next']);
    next = after !== undefined && after > next ? after : undefined;
  }
  const { next: _, ...whole } = first;
  return { ...whole, messages };
}

async function page(client: ParleyClient, env: Environment, after: number): Promise<Data> {
  const reply = await patiently(client, env, 'mydata', {
    what: 'export',
    ...(after && { after }),
  });
  return reply.data ?? {};
}

/** For commands that may be called only every few seconds: when told to wait it waits, and asks again. */
export async function patiently(
  client: ParleyClient,
  env: Environment,
  action: string,
  data: Data,
): Promise<Frame> {
  for (;;) {
    try {
      return await client.request(action, data);
    } catch (error) {
      const wait = error instanceof CommandError ? error.data.retryAfterMs : undefined;
      if (wait === undefined || wait > kMostPatience) throw error;
      await new Promise<void>((done) => env.setTimer(done, wait));
    }
  }
}
