// SPDX-License-Identifier: Apache-2.0
// What goes out: messages that show at once and are confirmed later, command lines, pressed buttons.

import {
  CommandError,
  failure,
  type Button,
  type Data,
  type ErrorData,
  type Frame,
} from '@parley/client';
import type { App } from './app';
import type { Channel } from './channel';
import { updatePlayer } from './game';
import { knownNow } from './known';
import { commandArguments, commandLine, localKey } from './messages';
import { visited } from './preferences';
import { append, confirm, patch, type CommandEntry, type MessageEntry } from './timeline';

/** The connection broke while it was on its way. */
const kNotConfirmed: ErrorData = { code: 'not_confirmed', message: '' };

/** Others are told at most this often that we type. */
const kTypingMs = 3000;

export class Outgoing {
  private typingAt = 0;

  constructor(private readonly app: App) {}

  /** A line from the composer: a command if it begins with one slash, a message otherwise. */
  submit(channel: Channel, line: string): void {
    const text = line.trim();
    if (!text) return;
    visited();
    channel.input.add(line);
    if (text.startsWith('/') && !text.startsWith('//')) {
      const action = text.slice(1).split(/\s/, 1)[0]!.toLowerCase();
      void this.run(channel, text, 'sendChat', { channel: channel.name, message: text }, action);
    } else {
      this.say(channel, text);
    }
  }

  /** The refusal, where there was one. */
  press(channel: Channel, command: Button['command']): Promise<ErrorData | undefined> {
    const data = commandArguments(command);
    if (command.action === 'sendChat') {
      this.submit(channel, String(data['message'] ?? ''));
      return Promise.resolve(undefined);
    }
    return this.run(channel, commandLine(command.action, data), command.action, data, command.action);
  }

  retry(channel: Channel, key: string): void {
    const entry = channel.entries.value.find((item) => item.key === key);
    if (entry?.kind === 'message') void this.send(channel, entry);
  }

  discard(channel: Channel, key: string): void {
    this.unanswered.delete(key);
    channel.entries.value = channel.entries.value.filter((entry) => entry.key !== key);
  }

  typing(channel: Channel): void {
    const now = this.app.env.now();
    if (now - this.typingAt < kTypingMs) return;
    this.typingAt = now;
    this.app.client.notify('typing', { channel: channel.name });
  }

  /**
   * The gap is filled. What was on the wire when the connection broke and is not among the messages
   * now was not stored: the person decides. What never left goes out.
   */
  afterSync(channel: Channel): void {
    for (const entry of channel.entries.value) {
      if (entry.kind !== 'message' || !this.unanswered.delete(entry.key)) continue;
      if (entry.status === 'queued') void this.send(channel, entry);
      else if (entry.status === 'pending')
        this.setMessage(channel, entry.key, { status: 'failed', error: kNotConfirmed });
    }
  }

  /** Messages of which nobody could say whether they arrived. */
  private readonly unanswered = new Set<string>();

  private say(channel: Channel, text: string): void {
    const self = this.app.self.value;
    if (!self) return;
    this.typingAt = 0; // whoever writes on after this is typing again
    const entry: MessageEntry = {
      kind: 'message',
      key: localKey(),
      ts: this.app.env.now(),
      author: { id: self.id, name: self.name, kind: self.kind },
      text: text.startsWith('//') ? text.slice(1) : text,
      markdown: false,
      only: false,
      deleted: false,
      buttons: [],
      status: 'queued',
    };
    if (channel.answering.value) entry.replyTo = channel.answering.value.offset;
    channel.answering.value = undefined;
    channel.entries.value = append(channel.entries.value, entry);
    void this.send(channel, entry);
  }

  private async send(channel: Channel, entry: MessageEntry): Promise<void> {
    const set = (values: Partial<MessageEntry>): void =>
      this.setMessage(channel, entry.key, values);
    const message = entry.text.startsWith('/') ? `/${entry.text}` : entry.text;
    set({ status: 'queued' });
    try {
      const { replyTo } = entry;
      const data = { channel: channel.name, message, ...(replyTo !== undefined && { replyTo }) };
      const onWire = (out: boolean): void => set({ status: out ? 'pending' : 'queued' });
      const options = { lane: channel.name, onWire };
      const reply = await this.app.client.send('sendChat', data, options).done;
      const offset = reply.data?.['offset'];
      if (typeof offset === 'number') {
        channel.entries.value = confirm(channel.entries.value, entry.key, offset);
        channel.lastOffset = Math.max(channel.lastOffset, offset);
      } else {
        set({ status: 'sent' });
        if (reply.type !== 'ok') this.answer(channel, reply);
      }
      if (!channel.subscribed) void this.app.sync.subscribe(channel);
    } catch (error) {
      if (error instanceof CommandError) return set({ status: 'failed', error: error.data, known: knownNow(this.app) });
      this.unanswered.add(entry.key);
      // Where the session goes on nobody asks for the gap by itself.
      if (this.app.ready.value) void this.app.sync.refresh(channel);
    }
  }

  /** A quiet line in the stream, for this person alone. */
  note(channel: Channel, text: string): void {
    const ts = this.app.env.now();
    channel.entries.value = append(channel.entries.value, { kind: 'note', key: localKey(), ts, text });
  }

  /** A reply that is more than an acknowledgement stands in the stream. */
  answer(channel: Channel, frame: Frame): void {
    const ts = this.app.env.now();
    channel.entries.value = append(channel.entries.value, {
      kind: 'reply',
      key: localKey(),
      ts,
      frame,
    });
  }

  private async run(
    channel: Channel,
    line: string,
    action: string,
    data: Data,
    name: string,
  ): Promise<ErrorData | undefined> {
    const entry: CommandEntry = {
      kind: 'command',
      key: localKey(),
      ts: this.app.env.now(),
      action: name,
      line,
      status: 'pending',
      progress: '',
    };
    channel.entries.value = append(channel.entries.value, entry);
    const change = (values: Partial<CommandEntry>): void => {
      channel.entries.value = patch(
        channel.entries.value,
        entry.key,
        (old) => ({ ...old, ...values }) as CommandEntry,
      );
    };
    let progress = '';
    const onProgress = (frame: Frame): void => {
      progress += String(frame.data?.['append'] ?? '');
      change({ progress });
    };
    try {
      const reply = await this.app.client.request(action, data, { onProgress });
      change({ status: 'done', reply });
      this.effects(reply, name);
      return undefined;
    } catch (error) {
      const refusal = failure(error);
      change({ status: 'failed', error: refusal, known: knownNow(this.app) });
      return refusal;
    }
  }

  /** What a command's answer changes beside the stream. */
  private effects(reply: Frame, name: string): void {
    const named = reply.channel ?? reply.data?.['channel'];
    switch (reply.type) {
      case 'subscribed':
        if (typeof named !== 'string') return;
        void this.app.join(named).catch(() => undefined);
        break;
      case 'unsubscribed':
        if (typeof named === 'string') this.app.removeChannel(named);
        break;
      case 'presence':
        if (typeof named === 'string' && this.app.channels.value.has(named)) {
          this.app.sync.applyPresence(this.app.channel(named), reply);
        }
        break;
      case 'playerStateUpdate':
        updatePlayer(reply.data ?? {}, true);
        break;
      default:
        if (name === 'block' || name === 'unblock') void this.app.blocks.look();
        if (name === 'logout') this.app.signedOut();
        if (name === 'leave' && typeof named === 'string') this.app.removeChannel(named);
    }
  }

  private setMessage(channel: Channel, key: string, values: Partial<MessageEntry>): void {
    channel.entries.value = patch(
      channel.entries.value,
      key,
      (old) => ({ ...old, ...values }) as MessageEntry,
    );
  }
}
