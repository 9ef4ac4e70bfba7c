// SPDX-License-Identifier: Apache-2.0
// Keeps a channel equal to what the server has: first page, the gap after a reconnect, older pages.

import { batch } from '@preact/signals';
import { CommandError, type Frame, type Member } from '@parley/client';
import type { App } from './app';
import type { Channel } from './channel';
import { list, number, object, text, toMessage } from './messages';
import { insertMessage, offsetOf, prepend, reconcile, trim, type Entry } from './timeline';

const kPage = 50;
/** Entries kept while the reader is at the bottom. */
const kKept = 400;

export class ChannelSync {
  constructor(private readonly app: App) {}

  /** Safe to call at any time; rejects only with what the server said when `explicit`. */
  async subscribe(channel: Channel, explicit = false): Promise<void> {
    if (!this.app.ready.value || channel.subscribing || channel.subscribed) return;
    channel.subscribing = true;
    const range = channel.loaded.value ? { since: channel.lastOffset } : { history: kPage };
    try {
      await this.app.client.subscribe(channel.name, { presence: true, ...range });
    } catch (error) {
      // A direct channel is made by its first message; until then there is nothing to be in.
      const notYet =
        error instanceof CommandError && channel.isDirect && error.code === 'not_found';
      if (explicit && !notYet) throw error;
    } finally {
      channel.subscribing = false;
    }
  }

  /** In, for the first time or again: what is missing of the past follows as if it were said now. */
  entered(frame: Frame): void {
    const name = text(frame.data?.['channel']);
    if (!name) return;
    const channel = this.app.channel(name);
    this.apply(channel, frame);
    queueMicrotask(() => this.app.outgoing.afterSync(channel));
  }

  /** The past has a hole: the newest page stands alone, the rest is a scroll away. */
  gap(channel: Channel): void {
    channel.entries.value = channel.entries.value.filter((entry) => !offsetOf(entry));
    channel.lastOffset = 0;
    channel.more.value = true;
  }

  /** Asks for what came after what we have, whatever the client believes. */
  refresh(channel: Channel): Promise<void> {
    channel.subscribed = false;
    return this.subscribe(channel);
  }

  apply(channel: Channel, reply: Frame): void {
    const data = reply.data ?? {};
    const firstTime = !channel.loaded.value;
    batch(() => {
      for (const frame of firstTime ? list(data['messages']) : []) {
        const message = object(frame) as unknown as Frame | undefined;
        if (typeof message?.type === 'string') this.take(channel, message);
      }
      if (firstTime) {
        channel.lastOffset = Math.max(channel.lastOffset, number(data['offset']) ?? 0);
        channel.more.value = (channel.firstOffset() ?? 1) > 1;
      }
      channel.topic.value = text(data['topic']) ?? channel.topic.value;
      channel.total.value = number(data['members']) ?? channel.total.value;
      channel.subscribed = channel.loaded.value = true;
      if (firstTime && channel.readUpTo === 0) channel.readUpTo = this.takenAsRead(channel);
      this.countUnread(channel);
    });
    void this.refreshMembers(channel);
  }

  /** Where nothing is known of what was read: a room's past is, a letter is once it was answered. */
  private takenAsRead(channel: Channel): number {
    if (!channel.isDirect) return channel.lastOffset;
    const own = channel.entries.value.filter(
      (entry) => entry.kind === 'message' && this.app.isSelf(entry.author.id),
    );
    return Math.max(0, ...own.map((entry) => offsetOf(entry) ?? 0));
  }

  /** One message of the channel, live or from a gap. */
  take(channel: Channel, frame: Frame): void {
    const message = toMessage(frame, this.app.env.now());
    channel.lastOffset = Math.max(channel.lastOffset, message.offset ?? 0);
    const mine = (author: { id: string }): boolean => this.app.isSelf(author.id);
    channel.entries.value = reconcile(channel.entries.value, message, mine);
    if (channel.isDirect && !mine(message.author)) channel.title.value = message.author.name;
    this.trimIfResting(channel);
  }

  countUnread(channel: Channel): void {
    if (channel === this.app.active.value && this.app.atBottom && !document.hidden) {
      this.app.markRead();
      return;
    }
    const fresh = channel.entries.value.filter(
      (entry) =>
        entry.kind === 'message' &&
        (entry.offset ?? 0) > channel.readUpTo &&
        !this.app.isSelf(entry.author.id),
    );
    // The divider stands where reading stopped, until the channel is opened anew.
    if (fresh.length > 0 && channel.unread.value === 0) channel.divider.value = channel.readUpTo;
    channel.unread.value = fresh.length;
  }

  async loadOlder(channel: Channel): Promise<void> {
    const before = channel.firstOffset();
    if (before === undefined || channel.loadingOlder.value || !channel.more.value) return;
    channel.loadingOlder.value = true;
    try {
      const data = { channel: channel.name, limit: kPage, before };
      const reply = await this.app.client.request('history', data);
      const older = list(reply.data?.['messages']).flatMap((item) => {
        const frame = object(item) as unknown as Frame | undefined;
        return frame ? [toMessage(frame, this.app.env.now())] : [];
      });
      channel.entries.value = prepend(channel.entries.value, older);
      channel.more.value = older.length > 0 && reply.data?.['more'] !== false;
    } catch {
      // Scrolling up again asks again.
    } finally {
      channel.loadingOlder.value = false;
    }
  }

  async refreshMembers(channel: Channel): Promise<void> {
    if (!this.app.ready.value || !channel.subscribed) return;
    // Of the others only the name is wanted, and that of a direct channel until it is known.
    const nameless = channel.isDirect && channel.title.value === channel.peer;
    if (channel !== this.app.active.value && !nameless) return;
    const reply = await this.app.client
      .request('presence', { channel: channel.name })
      .catch(() => undefined);
    if (reply) this.applyPresence(channel, reply);
  }

  applyPresence(channel: Channel, reply: Frame): void {
    const members = list(reply.data?.['users'] ?? reply.data?.['members']).flatMap(
      (item): Member[] => {
        const member = object(item);
        const id = text(member?.['id']);
        if (!member || !id) return [];
        return [{ id, name: text(member['name']) ?? id, kind: text(member['kind']) ?? 'user' }];
      },
    );
    channel.members.value = members;
    const peer = members.find((member) => member.id === channel.peer);
    const named = peer?.name ?? text(object(reply.data?.['peer'])?.['name']);
    if (named && channel.isDirect) channel.title.value = named;
    channel.total.value = number(reply.data?.['total']) ?? members.length;
  }

  memberChanged(channel: Channel, frame: Frame): void {
    const user = (object(frame.data?.['user']) ?? frame.user) as Partial<Member> | undefined;
    if (!user?.id) return;
    const others = channel.members.value.filter((member) => member.id !== user.id);
    const known = others.length !== channel.members.value.length;
    if (frame.type === 'leave') {
      channel.members.value = others;
      if (known) channel.total.value = Math.max(0, channel.total.value - 1);
      return;
    }
    const name = text(frame.data?.['name']) ?? user.name ?? user.id;
    const member = { id: user.id, name, kind: user.kind ?? 'user' };
    channel.members.value = [...others, member];
    if (!known) channel.total.value += 1;
  }

  edited(channel: Channel, frame: Frame): void {
    const offset = number(frame.data?.['offset']);
    const old = channel.entries.value.find((entry) => offsetOf(entry) === offset);
    if (offset === undefined || old?.kind !== 'message') return;
    const changed: Entry =
      frame.type === 'chatDeleted'
        ? { ...old, deleted: true, text: '', buttons: [] }
        : { ...old, text: text(frame.data?.['text']) ?? old.text };
    channel.entries.value = insertMessage(channel.entries.value, changed);
  }

  private trimIfResting(channel: Channel): void {
    const resting = channel !== this.app.active.value || this.app.atBottom;
    if (!resting || channel.entries.value.length <= kKept + kPage) return;
    channel.entries.value = trim(channel.entries.value, kKept);
    channel.more.value = true;
  }
}
