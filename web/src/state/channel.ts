// SPDX-License-Identifier: Apache-2.0
// One channel as the page holds it. All fields are signals: a change redraws what reads it, nothing else.

import { signal, type Signal } from '@preact/signals';
import type { Member } from '@parley/client';
import { InputHistory } from './input_history';
import { offsetOf, type Author, type Change, type Entry } from './timeline';

/** A message that is being rewritten in the composer; the draft waits beside it. */
export interface Editing {
  offset: number;
  author: string;
  /** As it stands in the stream. */
  before: string;
  text: string;
  busy: boolean;
  error?: unknown;
}

/** A message that is answered by what stands in the composer. */
export interface Answering {
  offset: number;
  author: Author;
  /** As it was when it was taken up: it may be out of what is loaded before the answer is sent. */
  text: string;
}

export class Channel {
  readonly entries: Signal<readonly Entry[]> = signal([]);
  readonly title: Signal<string>;
  readonly topic = signal('');
  readonly members: Signal<readonly Member[]> = signal([]);
  readonly total = signal(0);
  readonly unread = signal(0);
  /** There is more unread than was counted. */
  readonly unreadMore = signal(false);
  /** Of the unread ones, those that call this person by name. */
  readonly mentions = signal(0);
  readonly draft = signal('');
  readonly editing: Signal<Editing | undefined> = signal(undefined);
  readonly answering: Signal<Answering | undefined> = signal(undefined);
  /** A message that is to be brought into view, by its offset. */
  readonly wanted: Signal<number | undefined> = signal(undefined);
  /** Names by id of who is typing, with the time it stops being true. */
  readonly typing: Signal<ReadonlyMap<string, { name: string; until: number }>> = signal(new Map());
  /** Older messages exist on the server. */
  readonly more = signal(false);
  readonly loadingOlder = signal(false);
  /** The first page is here: what is not shown does not exist, or is older. */
  readonly loaded = signal(false);
  /** Offset up to which everything was read when the channel was opened: where the divider stands. */
  readonly divider: Signal<number | undefined> = signal(undefined);
  /** Below which entry the welcome stands; nothing: above all. It goes up with what is said after it. */
  welcomeBelow: string | undefined;
  readonly input = new InputHistory();
  /** The newest change of each message, for those that are yet to be loaded. */
  readonly changes = new Map<number, Change>();
  /** The newest offset seen, for the gap after a reconnect. */
  lastOffset = 0;
  /** The oldest offset that was loaded, be it of a message or of a change. */
  oldest = Infinity;
  readUpTo = 0;
  /** What the server knows to be read. */
  toldRead = 0;
  /** Up to here it is known what is unread. */
  counted = 0;
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
      if (offset !== undefined) return Math.min(offset, this.oldest);
    }
    return Number.isFinite(this.oldest) ? this.oldest : undefined;
  }
}
