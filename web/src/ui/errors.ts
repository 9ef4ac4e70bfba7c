// SPDX-License-Identifier: Apache-2.0
// A refusal in words. The server's own sentence is shown where it says more than the code.

import { CommandError } from '../client';
import { t } from '../i18n';

export function reasonText(code: string): string {
  switch (code) {
    case 'token_expired':
    case 'token_revoked':
      return t('sessionEnded');
    case 'unauthorized':
      return t('errUnauthorized');
    case 'blocked':
      return t('errBlocked');
    case 'connection_lost':
      return t('errConnectionLost');
    case 'connection_limit':
      return t('errConnectionLimit');
    case 'forbidden':
      return t('errForbidden');
    case 'rate_limited':
      return t('errRateLimited');
    default:
      return t('errOther', { code });
  }
}

export function errorText(error: unknown): string {
  if (!(error instanceof CommandError)) return t('errConnectionLost');
  const wait = error.data.retryAfterMs;
  if (error.code === 'rate_limited' && wait)
    return t('errRateLimitedIn', { n: Math.ceil(wait / 1000) });
  if (error.code === 'unauthorized') return t('errUnauthorized');
  return error.message && error.message !== error.code ? error.message : reasonText(error.code);
}
