// SPDX-License-Identifier: Apache-2.0
// What we come in with, the frame that says it, and what is left of it afterwards.

import { CommandError, type ClientFrame, type Ticket, type Welcome } from './protocol';

export type Credential =
  | { kind: 'guest'; name: string }
  | { kind: 'token'; token: string }
  /** Works once and buys a new pair; see Session.renew. */
  | { kind: 'refresh'; refresh: string }
  | { kind: 'login'; name: string; password: string }
  | { kind: 'register'; name: string; password: string };

const kClient = { name: 'web', version: '1' };

export function resumeFrame(ticket: Ticket, id: number, locale: string): ClientFrame {
  return { action: 'resume', id, data: { ...ticket, client: { ...kClient, locale } } };
}

export function credentialFrame(credential: Credential, id: number, locale: string): ClientFrame {
  const client = { ...kClient, locale };
  switch (credential.kind) {
    case 'guest':
      return { action: 'auth', id, guest: credential.name, client };
    case 'token':
      return { action: 'auth', id, token: credential.token, client };
    case 'refresh':
      return { action: 'auth', id, refresh: credential.refresh, client };
    default:
      return { action: credential.kind, id, name: credential.name, password: credential.password };
  }
}

/** What to come back with: a password is used once, then the token it bought. */
export function lasting(credential: Credential, welcome: Welcome): Credential {
  if (welcome.token) return { kind: 'token', token: welcome.token };
  if (credential.kind === 'guest') return { kind: 'guest', name: welcome.user.name };
  return credential;
}

const kCloseCodes: Record<number, string> = {
  4500: 'unauthorized',
  4502: 'token_expired',
  4503: 'blocked',
  4505: 'connection_limit',
  4506: 'rate_limited',
  4508: 'forbidden',
};

export function closeError(code: number): CommandError {
  return new CommandError({ code: kCloseCodes[code] ?? 'closed', message: '' });
}
