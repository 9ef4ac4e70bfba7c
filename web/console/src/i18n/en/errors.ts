// SPDX-License-Identifier: Apache-2.0
// What went wrong, by the code of the error.

export const errors = {
  errorUnreachable: 'The server does not answer. Is it running?',
  errorRateLimited: 'Too many tries. Wait a few minutes, then try again.',
  errorOverloaded: 'The server is busy. Try again in a moment.',
  errorBlocked: 'This account is disabled.',
  errorNotFound: 'There is no such thing here.',
  errorConflict: 'That does not go with what is here now.',
  errorInvalidArgs: 'The server does not take this as it is written.',
  errorTooLarge: 'That is too large.',
  errorUnauthorized: 'The server does not accept this.',
  errorForbidden: 'This is not allowed.',
  errorPluginUnavailable: 'The plugin cannot answer now.',
  errorPluginTimeout: 'The plugin took too long.',
  errorPluginCrashed: 'The plugin crashed.',
  errorPluginError: 'The plugin failed.',
  errorOutcomeUnknown: 'Nobody knows whether it was done. Look before you try again.',
  errorUnsupported: 'This server cannot do that.',
  errorInternal: 'The server answered {status} and said no more. Its log knows why.',
} as const;
