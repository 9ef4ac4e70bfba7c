// SPDX-License-Identifier: Apache-2.0
// One channel as the page holds it. All fields are signals: a change redraws what reads it, nothing else.

import { signal, type Signal } from '@preact/signals';
import type { Member } from '@parley/client';
import { InputHistory } from './input_history';
import { offsetOf, type Entry } from './timeline';

export class Channel {
  readonly entries: Signal<readonly Entry[]> = signal([]);
  readonly title: Signal<string>;
  readonly topic = signal('');
  readonly members: Signal<readonly Member[]> = signal([]);
  readonly total = signal(0);
  readonly unread = signal(0);
  readonly mentioned = signal(false);
  readonly draft = signal('');
  /** Names by id of who is typing, with the time it stops being true. */
  readonly typing: Signal<ReadonlyMap<string, { name: string; until: number }>> = signal(new Map());
  /** Older messages exist on the server. */
  readonly more = signal(false);
  readonly loadingOlder = signal(false);
  /** The first page is here: what is not shown does not exist, or is older. */
  readonly loaded = signal(false);
  /** Offset up to which everything was read when the channel was opened: where the divider stands. */
  readonly divider: Signal<number | undefined> = signal(undefined);
  readonly input = new InputHistory();
  /** The newest offset seen, for the gap after a reconnect. */
  lastOffset = 0;
  readUpTo = 0;
  /** The server has confirmed that we are in. */
  subscribed = false;
  subscribing = false;

  constructor(
    readonly name: string,
    readonly peer?: string,
  ) {
    this.title = signal(peer ? peer : name);
  }

  get isDirect(): boolean {
    return this.peer !== undefined;
  }

  firstOffset(): number | undefined {
    for (const entry of this.entries.value) {
      const offset = offsetOf(entry);
      if (offset !== undefined) return offset;
    }
    return undefined;
  }
}
