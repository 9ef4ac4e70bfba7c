// SPDX-License-Identifier: Apache-2.0
// Whose direct messages one does not want. The server keeps the list; this is how it looked last.

import { signal, type Signal } from '@preact/signals';
import type { ParleyClient } from '@parley/client';
import { list, object, text } from './messages';

export interface Blocked {
  id: string;
  name: string;
}

export class Blocks {
  readonly people: Signal<readonly Blocked[]> = signal([]);

  constructor(private readonly client: ParleyClient) {}

  has(id: string): boolean {
    return this.people.value.some((one) => one.id === id);
  }

  /** Asks anew: the list may have been changed elsewhere. Keeps what it has where nobody answers. */
  async look(): Promise<void> {
    const reply = await this.client.request('blocked').catch(() => undefined);
    if (!reply) return;
    this.people.value = list(reply.data?.['users']).flatMap((item): Blocked[] => {
      const one = object(item);
      const id = text(one?.['id']);
      return id ? [{ id, name: text(one?.['name']) ?? id }] : [];
    });
  }

  /** Rejects with the reason where the server does not want to. */
  async block({ id, name }: Blocked): Promise<void> {
    await this.client.request('block', { user: id });
    this.people.value = [...this.without(id), { id, name }];
  }

  async unblock({ id }: Pick<Blocked, 'id'>): Promise<void> {
    await this.client.request('unblock', { user: id });
    this.people.value = this.without(id);
  }

  private without(id: string): Blocked[] {
    return this.people.value.filter((one) => one.id !== id);
  }
}
