// SPDX-License-Identifier: Apache-2.0
// The page Sessions.

export const sessions = {
  sessions: 'Sessions',
  person: 'Person',
  address: 'Address',
  program: 'Program',
  since: 'Since',
  noSessions: 'Nobody is here.',
  kick: 'Kick',
  kickTitle: 'Kick {user}',
  kickText: 'This session is closed. It may come back: a disabled account may not.',
  kickDone: 'The session of {user} was closed.',
  reason: 'Reason',
  reasonHint: 'Sent with the close, and kept in the audit.',
  inflight: 'Commands now',
} as const;
