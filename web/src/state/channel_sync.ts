// SPDX-License-Identifier: Apache-2.0
// Keeps a channel equal to what the server has: first page, the gap after a reconnect, older pages.

import { batch } from '@preact/signals';
import { CommandError, type Frame, type Member } from '@parley/client';
import type { App } from './app';
import type { Channel } from './channel';
import { isSaid, list, number, object, text, toChange, toMessage } from './messages';
import {
  afterHistory,
  insertMessage,
  messageAt,
  offsetOf,
  prepend,
  reconcile,
  revised,
  trim,
  type MessageEntry,
} from './timeline';

const kPage = 50;
/** Where one message far up is looked for, more is read at once, and so much of it at most. */
const kFarPage = 200;
const kFarPages = 25;
/** Refusals that asking again later would not change; `conflict`: sent out while it was asked. */
const kNotLetIn: ReadonlySet<string> = new Set(['forbidden', 'not_found', 'conflict']);
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
      if (error instanceof CommandError && !channel.isDirect && kNotLetIn.has(error.code))
        this.app.notLetIn(channel, error);
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
    channel.oldest = Infinity;
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
        const stored = object(frame) as unknown as Frame | undefined;
        if (typeof stored?.type === 'string') this.take(channel, stored);
      }
      if (firstTime) {
        channel.entries.value = afterHistory(channel.entries.value);
        channel.lastOffset = Math.max(channel.lastOffset, number(data['offset']) ?? 0);
        channel.more.value = (channel.firstOffset() ?? 1) > 1;
        channel.welcomeBelow = channel.entries.value.at(-1)?.key;
      }
      channel.topic.value = text(data['topic']) ?? channel.topic.value;
      channel.total.value = number(data['members']) ?? channel.total.value;
      channel.subscribed = channel.loaded.value = true;
      this.app.reading.entered(channel, data, firstTime);
    });
    void this.refreshMembers(channel);
  }

  /** What a channel keeps, live or from its past: what was said, or that it reads otherwise now. */
  take(channel: Channel, frame: Frame): MessageEntry | undefined {
    const offset = number(frame.offset) ?? 0;
    channel.lastOffset = Math.max(channel.lastOffset, offset);
    if (offset > 0) channel.oldest = Math.min(channel.oldest, offset);
    if (!isSaid(frame)) {
      this.change(channel, frame);
      return undefined;
    }
    const message = this.asItIs(channel, frame);
    const mine = (author: { id: string }): boolean => this.app.isSelf(author.id);
    channel.entries.value = reconcile(channel.entries.value, message, mine);
    if (channel.isDirect && !mine(message.author)) channel.title.value = message.author.name;
    this.trimIfResting(channel);
    return message;
  }

  /** History has the text as it is now; who changed it stands in the change, which may be here already. */
  private asItIs(channel: Channel, frame: Frame): MessageEntry {
    const message = toMessage(frame, this.app.env.now());
    const change = channel.changes.get(message.offset ?? -1);
    return change ? revised(message, change) : message;
  }

  private change(channel: Channel, frame: Frame): void {
    const change = toChange(frame);
    if (!change) return;
    channel.changes.set(change.offset, change);
    const old = messageAt(channel.entries.value, change.offset);
    if (change.text === undefined) this.app.revising.gone(channel, change.offset);
    if (!old) return;
    if (change.text === undefined && !old.deleted) this.app.reading.gone(channel, old);
    channel.entries.value = insertMessage(channel.entries.value, revised(old, change));
  }

  /** Until the message at `offset` is here; false where it is too far up, or is no more. */
  async loadBackTo(channel: Channel, offset: number): Promise<boolean> {
    const isHere = (): boolean => messageAt(channel.entries.value, offset) !== undefined;
    for (let page = 0; page < kFarPages && !isHere(); page += 1) {
      const before = channel.firstOffset() ?? 0;
      if (before <= offset || !channel.more.value) break;
      await this.loadOlder(channel, kFarPage);
      // Nothing came: the connection is away.
      if (channel.firstOffset() === before && channel.more.value) break;
    }
    return isHere();
  }

  /** One page at a time: whoever asks meanwhile waits for the one that is on its way. */
  loadOlder(channel: Channel, limit = kPage): Promise<void> {
    const running = this.loading.get(channel);
    if (running) return running;
    const before = channel.firstOffset();
    if (before === undefined || !channel.more.value) return Promise.resolve();
    const page = this.askOlder(channel, before, limit);
    this.loading.set(channel, page);
    return page.finally(() => this.loading.delete(channel));
  }

  private readonly loading = new Map<Channel, Promise<void>>();

  private async askOlder(channel: Channel, before: number, limit: number): Promise<void> {
    channel.loadingOlder.value = true;
    try {
      const data = { channel: channel.name, limit, before };
      const reply = await this.app.client.request('history', data);
      const page = list(reply.data?.['messages']).flatMap((item) => {
        const frame = object(item) as unknown as Frame | undefined;
        return typeof frame?.type === 'string' ? [frame] : [];
      });
      this.takeOlder(channel, page);
      channel.more.value = page.length > 0 && reply.data?.['more'] !== false;
    } catch {
      // Scrolling up again asks again.
    } finally {
      channel.loadingOlder.value = false;
    }
  }

  private takeOlder(channel: Channel, page: readonly Frame[]): void {
    for (const frame of page) {
      const offset = number(frame.offset);
      if (offset !== undefined) channel.oldest = Math.min(channel.oldest, offset);
      const change = toChange(frame);
      // What was known before is of a later page.
      if (change && !channel.changes.has(change.offset)) channel.changes.set(change.offset, change);
    }
    const said = page.filter(isSaid).map((frame) => this.asItIs(channel, frame));
    channel.entries.value = prepend(channel.entries.value, said);
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

  private trimIfResting(channel: Channel): void {
    const resting = channel !== this.app.active.value || this.app.atBottom;
    if (!resting || channel.entries.value.length <= kKept + kPage) return;
    channel.entries.value = trim(channel.entries.value, kKept);
    channel.oldest = Infinity;
    channel.more.value = true;
  }
}
