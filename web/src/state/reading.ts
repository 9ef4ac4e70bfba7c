// SPDX-License-Identifier: Apache-2.0
// What was read. The server keeps the mark and counts behind it, for all tabs and devices; what is said
// while we listen is counted here, and what is seen is told to the server now and then.

import { batch } from '@preact/signals';
import { CommandError, type Data } from '@parley/client';
import type { App } from './app';
import type { Channel } from './channel';
import { called } from './mention';
import { number } from './messages';
import { offsetOf, type MessageEntry } from './timeline';

/** The server is told at most this often for each channel. */
const kMarkMs = 2000;

export class Reading {
  /** Channels of which the server was told a moment ago. */
  private readonly resting = new Set<Channel>();

  constructor(private readonly app: App) {}

  /** The newest of `channel` is in view of somebody. */
  private isSeen(channel: Channel): boolean {
    return channel === this.app.active.value && this.app.atBottom && !document.hidden;
  }

  /** Said now, or missed and said again: counted once. */
  heard(channel: Channel, message: MessageEntry): void {
    const offset = message.offset ?? 0;
    if (this.isSeen(channel)) return this.mark(channel);
    if (offset <= Math.max(channel.readUpTo, channel.counted) || this.isOwn(message)) return;
    channel.counted = offset;
    this.show(channel, channel.unread.value + 1, channel.mentions.value + this.calls(message));
  }

  /** Taken away before it was read. */
  gone(channel: Channel, message: MessageEntry): void {
    if ((message.offset ?? 0) <= channel.readUpTo || this.isOwn(message)) return;
    const left = (signal: { value: number }, less: number): number =>
      Math.max(0, signal.value - less);
    this.show(channel, left(channel.unread, 1), left(channel.mentions, this.calls(message)));
  }

  /** In a channel: what the server counts, or all after what is taken as read where it does not. */
  entered(channel: Channel, data: Data, firstTime: boolean): void {
    if (number(data['read']) === undefined) {
      if (firstTime && channel.readUpTo === 0) channel.readUpTo = this.takenAsRead(channel);
      this.recount(channel);
    } else {
      channel.counted = number(data['offset']) ?? channel.counted;
      this.told(channel, data);
    }
    if (this.isSeen(channel)) this.mark(channel);
  }

  /** The mark as the server has it: with `subscribed`, as an answer, and when it was set elsewhere. */
  told(channel: Channel, data: Data): void {
    const read = number(data['read']);
    if (read === undefined) return;
    channel.toldRead = Math.max(channel.toldRead, read);
    // Read further here; the server has not heard of that yet.
    if (read < channel.readUpTo) return this.tell(channel);
    channel.readUpTo = read;
    this.show(channel, number(data['unread']) ?? 0, number(data['mentions']) ?? 0);
    channel.unreadMore.value = data['unreadMore'] === true;
  }

  mark(channel: Channel): void {
    channel.readUpTo = Math.max(channel.readUpTo, channel.lastOffset);
    channel.unreadMore.value = false;
    this.show(channel, 0, 0);
    this.tell(channel);
  }

  /** After a loss: what was read meanwhile. */
  welcomed(): void {
    for (const channel of this.app.channels.value.values()) this.tell(channel);
  }

  private tell(channel: Channel): void {
    const { app } = this;
    const offset = channel.readUpTo;
    if (offset <= channel.toldRead || !app.ready.value || !channel.subscribed) return;
    if (this.resting.has(channel)) return;
    this.resting.add(channel);
    app.env.setTimer(() => {
      this.resting.delete(channel);
      this.tell(channel);
    }, kMarkMs);
    app.client.request('markRead', { channel: channel.name, offset }).catch((error: unknown) => {
      // Refused for good: nothing is gained by saying it again.
      if (error instanceof CommandError && !error.data.retry) channel.toldRead = offset;
    });
  }

  private show(channel: Channel, unread: number, mentions: number): void {
    batch(() => {
      // The divider stands where reading stopped, until the channel is opened anew.
      if (unread > 0 && channel.unread.value === 0) channel.divider.value = channel.readUpTo;
      channel.unread.value = unread;
      channel.mentions.value = Math.min(mentions, unread);
    });
  }

  private recount(channel: Channel): void {
    const fresh = channel.entries.value.filter(
      (entry): entry is MessageEntry =>
        entry.kind === 'message' &&
        !entry.deleted &&
        (entry.offset ?? 0) > channel.readUpTo &&
        !this.isOwn(entry),
    );
    const mentions = fresh.reduce((sum, entry) => sum + this.calls(entry), 0);
    channel.counted = Math.max(channel.counted, channel.lastOffset);
    this.show(channel, fresh.length, mentions);
  }

  /** Where nothing is known of what was read: a room's past is, a letter is once it was answered. */
  private takenAsRead(channel: Channel): number {
    if (!channel.isDirect) return channel.lastOffset;
    const own = channel.entries.value.filter(
      (entry) => entry.kind === 'message' && this.isOwn(entry),
    );
    return Math.max(0, ...own.map((entry) => offsetOf(entry) ?? 0));
  }

  private isOwn({ author }: MessageEntry): boolean {
    return this.app.isSelf(author.id);
  }

  private calls({ text }: MessageEntry): number {
    return Number(called(text, this.app.self.value?.name ?? ''));
  }
}
