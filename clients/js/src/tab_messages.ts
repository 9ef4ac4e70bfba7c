// SPDX-License-Identifier: Apache-2.0
// What a tab and the worker that holds the connection say to each other. Everything survives a structured
// clone: errors and functions, which do not, travel as what they are made of.

import type { ConnectionState } from './connection.js';
import type { Credential } from './credential.js';
import { CommandError, ConnectionLost, type ErrorData } from './errors.js';
import type { Data, Frame, ResumePoint } from './protocol.js';
import type { SessionState } from './session.js';
import type { SubscribeOptions } from './subscriptions.js';

/** Calls that are answered with `settled`. */
export type Call =
  | { method: 'signIn'; credential: Credential; restored: boolean; locale: string }
  | { method: 'signOut' }
  | { method: 'request'; action: string; data: Data; key?: string; progress: boolean }
  | { method: 'send'; action: string; data: Data; lane?: string }
  | { method: 'cancel'; of: number }
  | { method: 'subscribe'; channel: string; options: SubscribeOptions }
  | { method: 'unsubscribe'; channel: string };

export type ToHost =
  | { kind: 'join'; person: string; tab: string; locale: string; name: string; version: string }
  | { kind: 'call'; call: number; what: Call }
  | { kind: 'notify'; action: string; data: Data }
  | { kind: 'point'; point: ResumePoint | undefined }
  | { kind: 'news'; news: 'wake' | 'offline' | 'retry' }
  | { kind: 'attempt'; renewal: number; next: Credential | undefined }
  | { kind: 'renewed'; renewal: number }
  | { kind: 'leave' };

export type ToTab =
  | { kind: 'joined'; mirror: Mirror }
  | { kind: 'event'; name: string; event: unknown; mirror: Mirror }
  | { kind: 'settled'; call: number; value?: unknown; error?: Failure }
  | { kind: 'progress'; call: number; frame: Frame }
  | { kind: 'wire'; call: number; out: boolean }
  | { kind: 'renew'; renewal: number; expired: string }
  | { kind: 'attempted'; renewal: number };

/** What a tab can ask its client without waiting. */
export interface Mirror {
  state: SessionState;
  connection: ConnectionState;
  point: ResumePoint | undefined;
}

export interface Failure {
  refused?: ErrorData;
  lost?: { sent: boolean };
  other?: string;
}

export function packed(error: unknown): Failure {
  if (error instanceof CommandError) return { refused: error.data };
  if (error instanceof ConnectionLost) return { lost: { sent: error.sent } };
  return { other: String(error) };
}

export function unpacked({ refused, lost, other }: Failure): Error {
  if (refused) return new CommandError(refused);
  if (lost) return new ConnectionLost(lost.sent);
  return new Error(other);
}

/** The part of a MessagePort that is used: of browsers, and of Node. */
export interface Port {
  // The event types of the two differ, with the same field.
  // eslint-disable-next-line @typescript-eslint/no-explicit-any
  onmessage: ((event: any) => void) | null;
  postMessage(message: unknown): void;
  close(): void;
}
