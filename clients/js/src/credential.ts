// SPDX-License-Identifier: Apache-2.0
// What we come in with, the frame that says it, and what is left of it afterwards.

import type { ClientFrame, Data, ResumePoint, Welcome } from './protocol.js';

export type Credential =
  | { kind: 'guest'; name: string }
  | { kind: 'token'; token: string }
  /** Works once and buys a new pair; see Session.renew. */
  | { kind: 'refresh'; refresh: string }
  /** Of the address of a WebSocket; each works once, so it is asked for again at every sign-in. */
  | { kind: 'ticket'; ticket: () => string | Promise<string> }
  | { kind: 'login'; name: string; password: string }
  /** `invitation` is the code where registration is by invitation; a refusal says so in its data. */
  | { kind: 'register'; name: string; password: string; invitation?: string };

/** What the server is told of this program; shown to admins. */
export interface ClientInfo {
  name: string;
  version: string;
}

export function resumeFrame(
  point: ResumePoint,
  channels: Record<string, number>,
  id: number,
  client: Data,
): ClientFrame {
  return { action: 'resume', id, data: { ...point, channels, client } };
}

/** Undefined for a ticket, which stands in the address. */
export function credentialFrame(
  credential: Credential,
  id: number,
  client: Data,
): ClientFrame | undefined {
  switch (credential.kind) {
    case 'guest':
      return { action: 'auth', id, guest: credential.name, client };
    case 'token':
      return { action: 'auth', id, token: credential.token, client };
    case 'refresh':
      return { action: 'auth', id, refresh: credential.refresh, client };
    case 'ticket':
      return undefined;
    default: {
      const { kind: action, ...given } = credential;
      return { action, id, ...given, client };
    }
  }
}

/** What to come back with: a password is used once, then the token it bought. */
export function lasting(credential: Credential, welcome: Welcome): Credential {
  if (welcome.token) return { kind: 'token', token: welcome.token };
  if (credential.kind === 'guest') return { kind: 'guest', name: welcome.user.name };
  return credential;
}

export function withTicket(url: string, ticket: string): string {
  return `${url}${url.includes('?') ? '&' : '?'}ticket=${encodeURIComponent(ticket)}`;
}
