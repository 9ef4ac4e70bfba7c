// SPDX-License-Identifier: Apache-2.0
// What stands in one channel's stream, and in which order. Pure: lists in, lists out.
//
// Messages of the channel have an offset and are ordered by it. Everything else (what waits to be sent,
// answers to commands, world events) has none and stays where it happened.

import type { Button, Data, ErrorData, Frame } from '@parley/client';
import type { Known } from './known';

export interface Author {
  id: string;
  name: string;
  kind: string;
}

/** In the place of whoever deleted their account. */
export const kNobody: Author = { id: 'u_deleted', name: '', kind: 'deleted' };

export interface MessageEntry {
  kind: 'message';
  key: string;
  ts: number;
  offset?: number;
  author: Author;
  text: string;
  markdown: boolean;
  /** Only this person sees it. */
  only: boolean;
  deleted: boolean;
  edited?: boolean;
  /** Who changed it last or took it away, where that was not its author. */
  changedBy?: string;
  /** Offset of the message it answers. */
  replyTo?: number;
  buttons: Button[];
  card?: Data;
  /** The bridge it came over. */
  via?: string;
  /** queued: not on the wire yet. pending: sent, not confirmed. */
  status: 'queued' | 'pending' | 'sent' | 'failed';
  error?: ErrorData;
  /** As it was when `error` came. */
  known?: Known;
}

export interface CommandEntry {
  kind: 'command';
  key: string;
  ts: number;
  /** What the line runs, by the name that was typed or pressed. */
  action: string;
  /** As it was typed, or as a button would have typed it. */
  line: string;
  status: 'pending' | 'done' | 'failed';
  /** Streamed text so far. */
  progress: string;
  reply?: Frame;
  error?: ErrorData;
  /** As it was when `error` came. */
  known?: Known;
}

export interface EventEntry {
  kind: 'event';
  key: string;
  ts: number;
  event: string;
  text?: string;
}

/** A quiet line: somebody came, went, took something. */
export interface NoteEntry {
  kind: 'note';
  key: string;
  ts: number;
  text: string;
}

export interface ReplyEntry {
  kind: 'reply';
  key: string;
  ts: number;
  frame: Frame;
  /** As it was when the frame came, if that is an error. */
  known?: Known;
}

/** The message at `offset` reads otherwise from now on; without `text` it was taken away. */
export interface Change {
  offset: number;
  text?: string;
  /** What can be pressed from now on: a change tells it all, and most have none. */
  buttons?: Button[];
  card?: Data;
  by: { id: string; name: string };
}

export type Entry = MessageEntry | CommandEntry | EventEntry | NoteEntry | ReplyEntry;

export function offsetOf(entry: Entry): number | undefined {
  return entry.kind === 'message' ? entry.offset : undefined;
}

const isWaiting = (entry: Entry): boolean =>
  entry.kind === 'message' && (entry.status === 'queued' || entry.status === 'pending');

/** Adds a message of the channel: nothing twice, offsets ascending, what waits to be sent stays last. */
export function insertMessage(entries: readonly Entry[], message: MessageEntry): Entry[] {
  const offset = message.offset;
  if (offset === undefined) return append(entries, message);
  const same = entries.findIndex((entry) => offsetOf(entry) === offset);
  if (same >= 0) {
    // Our own copy of what was shown while it was pending: keep the key, so that the node stays.
    const next = [...entries];
    next[same] = { ...message, key: entries[same]!.key };
    return next;
  }
  const later = entries.findIndex((entry) => (offsetOf(entry) ?? -1) > offset);
  if (later >= 0) return [...entries.slice(0, later), message, ...entries.slice(later)];
  return append(entries, message);
}

/** Adds at the end, but above what still waits to be sent. */
export function append(entries: readonly Entry[], entry: Entry): Entry[] {
  if (isWaiting(entry)) return [...entries, entry];
  let end = entries.length;
  while (end > 0 && isWaiting(entries[end - 1]!)) end -= 1;
  return [...entries.slice(0, end), entry, ...entries.slice(end)];
}

/** The first page has come: what stood here before it (answers, what waits to be sent) is newer. */
export function afterHistory(entries: readonly Entry[]): Entry[] {
  const isStored = (entry: Entry): boolean => offsetOf(entry) !== undefined;
  return [...entries.filter(isStored), ...entries.filter((entry) => !isStored(entry))];
}

/** Older messages, oldest first, in front of everything. */
export function prepend(entries: readonly Entry[], older: readonly MessageEntry[]): Entry[] {
  const known = new Set(entries.map(offsetOf));
  return [...older.filter((entry) => !known.has(entry.offset)), ...entries];
}

export function patch(
  entries: readonly Entry[],
  key: string,
  change: (entry: Entry) => Entry,
): Entry[] {
  return entries.map((entry) => (entry.key === key ? change(entry) : entry));
}

/**
 * The server stored our message as `offset`. Its pushed copy may be here already, and read otherwise, if a
 * filter changed the text: then it is shown in the row there was, which may have the keyboard.
 */
export function confirm(entries: readonly Entry[], key: string, offset: number): Entry[] {
  const mine = entries.find((entry) => entry.key === key);
  if (mine?.kind !== 'message') return [...entries];
  const rest = entries.filter((entry) => entry.key !== key);
  const copy = messageAt(rest, offset);
  if (copy) return rest.map((entry) => (entry === copy ? { ...copy, key } : entry));
  const { error: _, ...sent } = mine;
  return insertMessage(rest, { ...sent, status: 'sent', offset });
}

/**
 * After a reconnect: our message was on the wire and its answer got lost. If the gap held it, it is the
 * same message; `mine` tells whether an author is one of the identities we had.
 */
export function reconcile(
  entries: readonly Entry[],
  arrived: MessageEntry,
  mine: (author: Author) => boolean,
): Entry[] {
  if (!mine(arrived.author)) return insertMessage(entries, arrived);
  const waiting = entries.find(
    (entry) =>
      isWaiting(entry) &&
      entry.kind === 'message' &&
      entry.status === 'pending' &&
      entry.text === arrived.text,
  );
  if (!waiting) return insertMessage(entries, arrived);
  const rest = entries.filter((entry) => entry !== waiting);
  return insertMessage(rest, { ...arrived, key: waiting.key });
}

export function messageAt(entries: readonly Entry[], offset: number): MessageEntry | undefined {
  const found = entries.find((entry) => offsetOf(entry) === offset);
  return found?.kind === 'message' ? found : undefined;
}

/** As it reads after `change`; what was taken away does not come back. */
export function revised(message: MessageEntry, change: Change): MessageEntry {
  if (message.deleted && change.text !== undefined) return message;
  const { changedBy: _, card, ...rest } = message;
  // Gone with the account of its author: nobody took it away.
  if (change.by.id === kNobody.id)
    return { ...rest, author: kNobody, deleted: true, text: '', buttons: [] };
  const other = change.by.id !== message.author.id && change.by.name;
  const by = other ? { changedBy: other } : {};
  if (change.text === undefined) return { ...rest, ...by, deleted: true, text: '', buttons: [] };
  const shown = change.card ?? card;
  const { text, buttons = [] } = change;
  return { ...rest, ...by, ...(shown && { card: shown }), edited: true, text, buttons };
}

/** Keeps the newest `limit`; older ones come back from the server when they are scrolled to. */
export function trim(entries: readonly Entry[], limit: number): Entry[] {
  return entries.length <= limit ? [...entries] : entries.slice(entries.length - limit);
}

export interface Row {
  entry: Entry;
  /** The day changed above this row. */
  day: boolean;
  /** Same author, shortly after: the name is not repeated. */
  grouped: boolean;
  /** The first one that was not read. */
  fresh: boolean;
}

/** Messages of one author within this span stand under one name. */
const kGroupMs = 5 * 60_000;

/** As they are drawn: those from `start` to before `end`, which know what stands above them. */
export function rows(
  entries: readonly Entry[],
  readUpTo: number | undefined,
  start = 0,
  end = entries.length,
): Row[] {
  const isNew = (entry: Entry): boolean => (offsetOf(entry) ?? 0) > readUpTo!;
  const first = readUpTo === undefined ? -1 : entries.findIndex(isNew);
  return entries.slice(start, end).map((entry, at) => {
    const before = entries[start + at - 1];
    const day = !before || dayOf(before.ts) !== dayOf(entry.ts);
    const fresh = start + at === first;
    return { entry, day, fresh, grouped: !day && !fresh && sameBreath(before!, entry) };
  });
}

/** So many are drawn at once, however long the channel is: several screens of the tallest kind. */
export const kDrawn = 240;
/** And so many come and go when the window moves. */
const kMove = 80;

/** Which entries are drawn: those up to the one with key `last`, or up to the newest. */
export function drawn(entries: readonly Entry[], last: string | undefined): [number, number] {
  const at = last === undefined ? -1 : entries.findIndex(({ key }) => key === last);
  const end = at < 0 ? entries.length : Math.max(at + 1, Math.min(kDrawn, entries.length));
  return [Math.max(0, end - kDrawn), end];
}

/** The last key of a window further up (`by` -1) or down (1); undefined where there is nothing more. */
export function moved(
  entries: readonly Entry[],
  [start, end]: readonly [number, number],
  by: -1 | 1,
): string | undefined {
  if (by < 0 ? start === 0 : end === entries.length) return undefined;
  const next = by < 0 ? Math.max(end - kMove, kDrawn) : Math.min(end + kMove, entries.length);
  return entries[next - 1]?.key;
}

/** The last key of a window that has the message at `offset` in its middle. */
export function windowAround(entries: readonly Entry[], offset: number): string | undefined {
  const at = entries.findIndex((entry) => offsetOf(entry) === offset);
  const end = Math.min(Math.max(at + kDrawn / 2, kDrawn), entries.length);
  return end === entries.length ? undefined : entries[end - 1]?.key;
}

function sameBreath(a: Entry, b: Entry): boolean {
  return (
    a.kind === 'message' &&
    b.kind === 'message' &&
    a.author.id === b.author.id &&
    a.author.name === b.author.name &&
    a.only === b.only &&
    b.ts - a.ts < kGroupMs
  );
}

function dayOf(ts: number): string {
  return new Date(ts).toDateString();
}
