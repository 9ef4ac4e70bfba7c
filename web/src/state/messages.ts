// SPDX-License-Identifier: Apache-2.0
// From frames to entries. Everything in a frame is other people's data: types are checked, never trusted.

import type { Button, Data, Frame, Json } from '@parley/client';
import { kNobody, type Author, type Change, type MessageEntry } from './timeline';

let counter = 0;
export const localKey = (): string => `l${++counter}`;

export const text = (value: unknown): string | undefined =>
  typeof value === 'string' ? value : undefined;
export const number = (value: unknown): number | undefined =>
  typeof value === 'number' && Number.isFinite(value) ? value : undefined;
export const object = (value: unknown): Data | undefined =>
  typeof value === 'object' && value !== null && !Array.isArray(value)
    ? (value as Data)
    : undefined;
export const list = (value: unknown): Json[] => (Array.isArray(value) ? (value as Json[]) : []);

export function toMessage(frame: Frame, now: number): MessageEntry {
  const data = frame.data ?? {};
  const isBot = data['bot'] === true || frame.type === 'botMessage' || frame.user?.kind === 'bot';
  const entry: MessageEntry = {
    kind: 'message',
    key: frame.offset === undefined ? localKey() : `m${frame.channel}:${frame.offset}`,
    ts: frame.ts ?? now,
    author: author(frame, data, isBot),
    text: text(data['text']) ?? '',
    // Only the bot and modules write markdown; what people type is shown as they typed it.
    markdown: data['format'] === 'markdown',
    only: data['only'] === true || (frame.type === 'botMessage' && frame.channel === undefined),
    deleted: data['deleted'] === true,
    buttons: buttons(data['buttons']),
    status: 'sent',
  };
  if (frame.offset !== undefined) entry.offset = frame.offset;
  if (data['edited'] === true) entry.edited = true;
  const changedBy = text(data['editedBy']);
  if (changedBy) entry.changedBy = changedBy;
  const replyTo = number(data['replyTo']);
  if (replyTo !== undefined) entry.replyTo = replyTo;
  const card = object(data['card']);
  if (card) entry.card = card;
  if (frame.origin?.ns) entry.via = frame.origin.ns;
  return entry;
}

const isChange = (frame: Frame): boolean =>
  frame.type === 'chatEdited' || frame.type === 'chatDeleted';

/** Undefined for what changes nothing: followed by another change, about nothing before it, or broken. */
export function toChange(frame: Frame): Change | undefined {
  const data = frame.data ?? {};
  const offset = number(data['offset']);
  if (!isChange(frame) || offset === undefined || data['superseded'] === true) return undefined;
  if (frame.offset !== undefined && offset >= frame.offset) return undefined;
  const by = { id: frame.user?.id ?? '', name: text(data['from']) ?? '' };
  if (frame.type === 'chatDeleted') return { offset, by };
  const said = text(data['text']);
  if (!said) return undefined;
  const card = object(data['card']);
  return { offset, text: said, buttons: buttons(data['buttons']), ...(card && { card }), by };
}

/** Whether a frame of the history has a row of its own. */
export function isSaid(frame: Frame): boolean {
  if (frame.type === 'chatMessage' || frame.type === 'botMessage') return true;
  return !isChange(frame) && Boolean(text(frame.data?.['text']));
}

function author(frame: Frame, data: Data, isBot: boolean): Author {
  if (frame.user?.id === kNobody.id) return kNobody;
  const name = text(data['from']) ?? frame.user?.name ?? (isBot ? 'Parley' : '');
  const kind = isBot ? 'bot' : (frame.user?.kind ?? 'user');
  return { id: frame.user?.id ?? (isBot ? 'b_bot' : name), name: name || '?', kind };
}

/** Whether a direct message would find somebody: not a plugin (`b_…`), the server, or an unknown sender. */
export function isReachable({ id, kind }: Author): boolean {
  return kind !== 'service' && kind !== 'deleted' && /^(?!b_)[a-z]_[A-Za-z0-9]+$/.test(id);
}

export function buttons(value: unknown): Button[] {
  return list(value).flatMap((item) => {
    const button = object(item);
    const command = object(button?.['command']);
    const label = text(button?.['label']);
    if (!label || typeof command?.['action'] !== 'string') return [];
    const style = text(button?.['style']);
    return [{ label, ...(style ? { style } : {}), command: command as Button['command'] }];
  });
}

/** A button's command as its arguments: `data` if it is there, otherwise every other key. */
export function commandArguments(command: Button['command']): Data {
  const nested = object(command['data']);
  if (nested) return nested;
  const { action: _, id: _id, key: _key, as: _as, ...rest } = command as Data;
  return rest;
}

/** How a person would have typed it; shown in the stream when a button was pressed. */
export function commandLine(action: string, data: Data): string {
  if (action === 'sendChat') return String(data['message'] ?? '');
  const words = Object.values(data).map((value) =>
    typeof value === 'object' ? JSON.stringify(value) : String(value),
  );
  return ['/' + action, ...words].join(' ');
}
