// SPDX-License-Identifier: Apache-2.0
// The shapes of protocol version 1 as they travel. Unknown keys and types are kept, never refused:
// additions do not bump the version.

export type Json = null | boolean | number | string | Json[] | { [key: string]: Json | undefined };
export type Data = { [key: string]: Json | undefined };
export type RequestId = number | string;

/** One client frame. Arguments travel under `data`, so that no name can collide with a reserved key. */
export interface ClientFrame {
  action: string;
  id?: RequestId;
  key?: string;
  data?: Data;
  [key: string]: unknown;
}

export interface Frame {
  type: string;
  id?: RequestId;
  /** Progress of the command with this id; the terminal frame carries `id` instead. */
  for?: RequestId;
  seq?: number;
  channel?: string;
  offset?: number;
  ts?: number;
  user?: UserRef;
  origin?: { ns: string; id: string };
  data?: Data;
  [key: string]: unknown;
}

export interface UserRef {
  id: string;
  kind?: string;
  name?: string;
}

export interface Self {
  id: string;
  name: string;
  kind: string;
  roles: string[];
}

export interface Welcome {
  v: number;
  session: string;
  /** With `session` it brings this session back once, on another connection. */
  resume?: string;
  user: Self;
  resumed: boolean;
  /** Of the frames addressed to the session: the last one it has sent. */
  seq?: number;
  /** Of a resumed session: how many frames addressed to it are sent again, behind this one. */
  replayed?: number;
  /** Ids of commands that were sent before and still run. */
  pending?: RequestId[];
  /** Of a resumed session: whether everything after the offset we had follows, by channel. */
  recovered?: Record<string, boolean>;
  /** What could not be brought back, in plain words. */
  notice?: string;
  expiresIn?: number;
  pingMs?: number;
  limits?: { frame?: number; message?: number; rate?: number; burst?: number; inflight?: number };
  /** Last offset of every channel the session is in. */
  channels: Record<string, number>;
  commandsRev?: number;
  /** Only after login and register. */
  token?: string;
  refresh?: string;
}

/** What a session is found again by; worth as much as a password while the session lives. */
export interface ResumePoint {
  session: string;
  resume: string;
  /** The last frame that was seen of those addressed to the session. */
  seq: number;
}

export interface ArgSpec {
  name: string;
  type: string;
  required?: boolean;
  choices?: (string | number)[];
  rest?: boolean;
  min?: number;
  max?: number;
  help?: string;
  secret?: boolean;
}

export interface CommandSpec {
  name: string;
  aliases?: string[];
  help?: string;
  args?: ArgSpec[];
  roles?: string[];
  plugin?: string;
  version?: string;
}

export interface Button {
  label: string;
  style?: string;
  command: { action: string; [key: string]: unknown };
}

export interface Member {
  id: string;
  name: string;
  kind: string;
}

/** Parses one server frame; undefined for anything that is no object with a string `type`. */
export function parseFrame(text: string): Frame | undefined {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    return undefined;
  }
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return undefined;
  const frame = value as Frame;
  if (typeof frame.type !== 'string') return undefined;
  if (frame.data !== undefined && (typeof frame.data !== 'object' || frame.data === null)) {
    frame.data = undefined;
  }
  return frame;
}

/** The channel two people share; ids are ordered so that both arrive at the same name. */
export function directChannel(a: string, b: string): string {
  return a < b ? `dm:${a}:${b}` : `dm:${b}:${a}`;
}

/** The other side of a direct channel, or undefined when `name` is none of `self`'s. */
export function directPeer(name: string, self: readonly string[]): string | undefined {
  const parts = name.split(':');
  if (parts.length !== 3 || parts[0] !== 'dm') return undefined;
  if (self.includes(parts[1]!)) return parts[2];
  return self.includes(parts[2]!) ? parts[1] : undefined;
}
