// SPDX-License-Identifier: Apache-2.0
// Channels as the server tells of them, and what can be done in one.

import { change, step } from '../api';
import { t } from '../i18n';
import { act, quoted } from '../ui/action';

export interface ChannelRow {
  name: string;
  topic?: string;
  members: number;
  messages: number;
  createdAt?: number;
  createdBy?: string;
  /** Whose it is, when it belongs to people. */
  people?: string[];
}

export interface Member {
  id: string;
  name: string;
  kind: string;
  sessions: number;
}

export interface Channel {
  name: string;
  topic: string;
  messages: number;
  createdAt?: number;
  createdBy?: string;
  present: number;
  members: Member[];
}

export interface Message {
  type: string;
  offset: number;
  ts: number;
  data?: { from?: string; text?: string; deleted?: boolean; edited?: boolean };
}

/** What can be shown of it: its words, or what kind of thing it is. */
export function textOf({ type, data }: Message): string {
  return data?.text || type;
}

const at = (channel: string): string => `/channels/${step(channel)}`;

export function sayAction(done?: () => void, channel?: string): void {
  act({
    title: channel === undefined ? t('say') : t('sayIn', { channel }),
    text: t('sayText'),
    verb: t('sayVerb'),
    fields: [
      ...(channel === undefined ? [{ name: 'channel', label: t('channel'), value: 'global', required: true }] : []),
      { name: 'text', label: t('text'), required: true },
    ],
    run: async ({ channel: typed, text }) => {
      const said = await change<{ offset: number }>('/say', { channel: channel ?? typed, text });
      return { text: t('saidAt', { offset: said.offset }) };
    },
    ctl: ({ channel: typed, text }) => `parleyctl say ${quoted(channel ?? (typed || 'CHANNEL'))} ${quoted(text || 'TEXT')}`,
    ...(done && { done }),
  });
}

export function topicAction({ name, topic }: Channel, done: () => void): void {
  act({
    title: t('topicTitle', { channel: name }),
    text: t('topicText'),
    verb: t('save'),
    fields: [{ name: 'topic', label: t('topic'), value: topic }],
    run: async (values) => {
      await change(`${at(name)}/topic`, { topic: (values['topic'] ?? '').trim() });
      return { text: t('topicDone') };
    },
    ctl: (values) => {
      const text = (values['topic'] ?? '').trim();
      return `parleyctl channel topic ${quoted(name)} ${text ? quoted(text) : '--remove'}`;
    },
    done,
  });
}

export function deleteAction(channel: string, message: Message, done: () => void): void {
  const { offset } = message;
  act({
    title: t('deleteMessageTitle', { offset }),
    text: t('deleteMessageText', { text: textOf(message), from: message.data?.from ?? '–' }),
    verb: t('deleteMessage'),
    danger: true,
    run: async () => {
      await change(`${at(channel)}/messages/${offset}/delete`);
      return { text: t('deleteMessageDone') };
    },
    ctl: () => `parleyctl channel delete-message ${quoted(channel)} ${offset}`,
    done,
  });
}
