// SPDX-License-Identifier: Apache-2.0
// What can go wrong with a request, as values to catch.

import type { Frame } from './protocol.js';

export interface ErrorData {
  /** The contract; what a program decides by. */
  code: string;
  /** For people, in the session's language. May be empty. */
  message: string;
  action?: string;
  /** The same request may succeed later. */
  retry?: boolean;
  retryAfterMs?: number;
  /** Of `invalid_args`: what was wrong, by argument. */
  fields?: unknown;
  /** Of a name that is taken: one that is not. */
  suggestion?: string;
  /** Registration is by invitation: a code is missing, or the one that was given is wrong. */
  invitation?: boolean;
}

/** A command that was answered with an `error` frame. */
export class CommandError extends Error {
  readonly code: string;
  constructor(readonly data: ErrorData) {
    super(data.message || data.code);
    this.name = 'CommandError';
    this.code = data.code;
  }
}

/**
 * There was no connection, or it ended before the command's terminal frame came. `sent` tells them apart:
 * of what was sent the outcome is not known.
 */
export class ConnectionLost extends Error {
  constructor(readonly sent = false) {
    super('connection lost');
    this.name = 'ConnectionLost';
  }
}

/** What went wrong with a request, whatever was thrown. */
export function failure(error: unknown): ErrorData {
  if (error instanceof CommandError) return error.data;
  const code = error instanceof ConnectionLost ? 'connection_lost' : 'internal';
  return { code, message: '', retry: true };
}

export function errorOf(frame: Frame): CommandError {
  const data = (frame.data ?? {}) as unknown as Partial<ErrorData>;
  return new CommandError({ ...data, code: data.code ?? 'internal', message: data.message ?? '' });
}

const kCloseCodes: Record<number, string> = {
  4500: 'unauthorized',
  4502: 'token_expired',
  4503: 'blocked',
  4505: 'connection_limit',
  4506: 'rate_limited',
  4508: 'forbidden',
};

/** Why the server closed the connection, in the words of its errors; `reason` is its own, in English. */
export function closeError(code: number, reason = ''): CommandError {
  return new CommandError({ code: kCloseCodes[code] ?? 'closed', message: reason });
}
