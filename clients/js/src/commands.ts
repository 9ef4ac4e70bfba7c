// SPDX-License-Identifier: Apache-2.0
// Commands of the server and of the plugins it ships with: what they take and what they answer. The tests
// hold this against what a real server lists. Other plugins' commands are requests like any other.

import type { CommandSpec, Frame, Member } from './protocol.js';

/** A frame of one type with one kind of data. */
export type Typed<Type extends string, Data> = Frame & { type: Type; data: Data };

type Nothing = Record<string, never>;
type Ok = Typed<'ok', Nothing>;

export interface Subscribed {
  channel: string;
  /** The last offset before the first frame that will be pushed. */
  offset: number;
  recovered: boolean;
  members: number;
  topic?: string;
  messages?: StoredFrame[];
  /** With `since` or `history`: up to where one has read, and what lies behind that. */
  read?: number;
  unread?: number;
  mentions?: number;
  unreadMore?: boolean;
}

export interface ChatData {
  from: string;
  text: string;
  format?: 'plain' | 'markdown';
  bot?: boolean;
  replyTo?: number;
  /** Not as it was said first. */
  edited?: boolean;
  /** Taken away: there is no text any more. */
  deleted?: boolean;
  only?: boolean;
  [key: string]: unknown;
}

export type ChatMessage = Typed<'chatMessage', ChatData>;

/**
 * What was said at `data.offset` reads otherwise now. A change has an offset of its own, as a message has;
 * one that was followed by another is kept without its text, as `superseded`.
 */
export type ChatEdited = Typed<
  'chatEdited',
  { offset: number; from?: string; text?: string; superseded?: boolean }
>;
/** What was said at `data.offset` was taken away. */
export type ChatDeleted = Typed<'chatDeleted', { offset: number; from: string }>;

/** What a channel's history is made of. */
export type StoredFrame = ChatMessage | ChatEdited | ChatDeleted;

/** Up to where one has read a channel, on whichever device, and what others said since. */
export interface ReadMark {
  channel: string;
  read: number;
  unread: number;
  mentions: number;
  /** There is more than was counted. */
  unreadMore?: boolean;
}

/** Where one is logged in. */
export interface OwnSession {
  id: string;
  client: string;
  address: string;
  since: number;
  connected: boolean;
  current: boolean;
}

/** A page of what is kept about a person; the first two are on the first page. */
export interface OwnData {
  user?: { id: string; name: string; kind: string; createdAt: number; roles: string[] };
  plugins?: { plugin: string; key: string; value: string }[];
  messages: { channel: string; offset: number; ts: number; data: ChatData }[];
  next?: number;
}

export interface PlayerState {
  name?: string;
  x?: number;
  y?: number;
  hp?: number;
  maxHp?: number;
  mana?: number;
  maxMana?: number;
  level?: number;
  score?: number;
  text?: string;
  [key: string]: unknown;
}

export interface Combat {
  attacker: unknown;
  target: unknown;
  damage: number;
  targetHp: number;
  targetMaxHp: number;
  hit: boolean;
  defeated: boolean;
  spell?: unknown;
  text: string;
}

type GameReply = Typed<'playerStateUpdate', PlayerState>;

export interface Commands {
  // ---- the server
  subscribe: {
    args: { channel: string; since?: number; history?: number; presence?: boolean };
    reply: Typed<'subscribed', Subscribed>;
  };
  unsubscribe: { args: { channel: string }; reply: Typed<'unsubscribed', { channel: string }> };
  history: {
    /** With `changes` also the frames that say what was changed; without, `limit` messages. */
    args: { channel: string; limit?: number; before?: number; after?: number; changes?: boolean };
    reply: Typed<'history', { channel: string; messages: StoredFrame[]; more: boolean }>;
  };
  presence: {
    args: { channel: string; after?: string; limit?: number };
    reply: Typed<'presence', { channel: string; total: number; users: Member[]; next?: string }>;
  };
  channels: {
    args: { after?: string; limit?: number };
    reply: Typed<
      'channels',
      { channels: { name: string; members: number; topic?: string }[]; next?: string }
    >;
  };
  commands: {
    args: { locale?: string };
    reply: Typed<'commands', { rev: number; commands: CommandSpec[] }>;
  };
  locale: { args: { locale: string }; reply: Ok };
  sessions: { args: Nothing; reply: Typed<'sessions', { sessions: OwnSession[] }> };
  endSession: { args: { session: string }; reply: Ok };
  mydata: {
    args: {
      what: 'export' | 'forget';
      /** Of a copy: `next` of the page before. */
      after?: number;
      /** To be forgotten: one's name, and the password of the account. */
      confirm?: string;
      password?: string;
    };
    reply: Typed<'myData', OwnData> | Ok;
  };
  // ---- account, chat
  logout: { args: { where?: 'here' | 'all' }; reply: Ok };
  sendChat: {
    args: { message: string; channel?: string; replyTo?: number };
    reply: Typed<'ok', { offset: number }>;
  };
  directMessage: {
    args: { user: string; message: string };
    reply: Typed<'ok', { offset: number }>;
  };
  editMessage: {
    args: { channel: string; offset: number; message: string };
    reply: Typed<'ok', { offset: number }>;
  };
  deleteMessage: {
    args: { channel: string; offset: number };
    reply: Typed<'ok', { offset: number }>;
  };
  markRead: { args: { channel: string; offset: number }; reply: Typed<'read', ReadMark> };
  block: { args: { user: string }; reply: Typed<'ok', { blocked: string }> };
  unblock: { args: { user: string }; reply: Typed<'ok', { unblocked: string }> };
  blocked: { args: Nothing; reply: Typed<'blocked', { users: { id: string; name?: string }[] }> };
  topic: {
    args: { channel?: string; text?: string };
    reply: Typed<'topic', { channel: string; topic: string }>;
  };
  typing: { args: { channel: string }; reply: Ok };
  // ---- dice, game
  roll: {
    args: { dice?: string };
    reply: Typed<'diceRolled', { dice: string; rolls: number[]; total: number; text: string }>;
  };
  look: { args: Nothing; reply: GameReply };
  move: { args: { direction: string }; reply: GameReply };
  take: { args: { item: string }; reply: GameReply };
  drop: { args: { item: string }; reply: GameReply };
  inventory: { args: Nothing; reply: GameReply };
  attack: { args: { target: string }; reply: Typed<'combatResult', Combat> };
  castSpell: {
    args: { spellId: number; target?: string };
    reply: Typed<'combatResult', Combat>;
  };
}
