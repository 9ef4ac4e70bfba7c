// SPDX-License-Identifier: Apache-2.0
// Changing and taking away what was said. The stream changes when the server tells of it, to all alike.

import type { App } from './app';
import type { Channel, Editing } from './channel';
import type { CommandEntry, MessageEntry } from './timeline';

export class Revising {
  constructor(private readonly app: App) {}

  mayEdit(message: MessageEntry): boolean {
    return this.mayRemove(message) && message.author.kind !== 'bot';
  }

  /** Authors may what they wrote as who they are now; moderators and admins whatever was written. */
  mayRemove({ offset, only, deleted, status, author }: MessageEntry): boolean {
    const self = this.app.self.value;
    if (!self || offset === undefined || only || deleted || status !== 'sent') return false;
    return author.id === self.id || this.mayOthers();
  }

  private mayOthers(): boolean {
    const { roles = [] } = this.app.self.value ?? {};
    return roles.includes('moderator') || roles.includes('admin');
  }

  /** Whatever the channel has: what only this person sees has no place in it. */
  mayAnswer({ offset, only, deleted, status }: MessageEntry): boolean {
    return offset !== undefined && !only && !deleted && status === 'sent';
  }

  answer(channel: Channel, { offset, author, text }: MessageEntry): void {
    if (offset === undefined) return;
    this.cancel(channel);
    channel.answering.value = { offset, author, text };
  }

  /** What this person did last in the channel: said something that may be changed, or ran a command. */
  newestOwn(channel: Channel): MessageEntry | CommandEntry | undefined {
    const self = this.app.self.value?.id;
    const all = channel.entries.value;
    for (let at = all.length - 1; at >= 0; at -= 1) {
      const entry = all[at]!;
      if (entry.kind === 'command') return entry;
      if (entry.kind === 'message' && entry.author.id === self && this.mayEdit(entry)) return entry;
    }
    return undefined;
  }

  begin(channel: Channel, { offset, text, author }: MessageEntry): void {
    if (offset === undefined) return;
    channel.editing.value = { offset, author: author.name, before: text, text, busy: false };
  }

  write(channel: Channel, text: string): void {
    this.set(channel, { text });
  }

  cancel(channel: Channel): void {
    channel.editing.value = undefined;
  }

  /** Ends the editing once the server has it; until then, and after a refusal, nothing typed is lost. */
  async save(channel: Channel): Promise<void> {
    const editing = channel.editing.value;
    if (!editing || editing.busy) return;
    const message = editing.text.trim();
    if (message === editing.before.trim()) return this.cancel(channel);
    const { error: _, ...rest } = editing;
    channel.editing.value = { ...rest, busy: true };
    const still = (): boolean => channel.editing.value?.offset === editing.offset;
    try {
      const data = { channel: channel.name, offset: editing.offset, message };
      await this.app.client.request('editMessage', data);
      if (still()) this.cancel(channel);
    } catch (error) {
      if (still()) this.set(channel, { busy: false, error });
    }
  }

  async remove(channel: Channel, { offset = 0 }: Pick<MessageEntry, 'offset'>): Promise<void> {
    await this.app.client.request('deleteMessage', { channel: channel.name, offset });
    this.gone(channel, offset);
  }

  /** What is not there any more can be neither rewritten nor answered. */
  gone(channel: Channel, offset: number): void {
    if (channel.answering.value?.offset === offset) channel.answering.value = undefined;
    if (channel.editing.value?.offset === offset) this.cancel(channel);
  }

  private set(channel: Channel, values: Partial<Editing>): void {
    const editing = channel.editing.value;
    if (editing) channel.editing.value = { ...editing, ...values };
  }
}
