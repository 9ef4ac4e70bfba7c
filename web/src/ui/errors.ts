// SPDX-License-Identifier: Apache-2.0
// A refusal in the reader's language. What a plugin says is already in it; what the server says is
// English, and is said again here from the code and the fields beside it.

import { CommandError, type ArgSpec, type CommandSpec, type ErrorData } from '@parley/client';
import { t } from '../i18n';
import type { Key } from '../i18n/en';
import type { Known } from '../state/known';
import { locale } from '../state/preferences';
import { described, expectation } from './expectation';

const kReasons: Record<string, Key> = {
  account_deleted: 'accountDeleted',
  login_ended: 'loginEnded',
  token_expired: 'sessionEnded',
  token_revoked: 'sessionEnded',
  unauthorized: 'errNotAllowedIn',
  blocked: 'errBlocked',
  connection_lost: 'errConnectionLost',
  connection_limit: 'errConnectionLimit',
  not_confirmed: 'notConfirmed',
  forbidden: 'errForbidden',
  rate_limited: 'errRateLimited',
  too_many_inflight: 'errRateLimited',
  overloaded: 'errOverloaded',
  not_found: 'errNotFound',
  conflict: 'errConflict',
  channel_limit: 'errChannelLimit',
  too_large: 'errTooLarge',
  invalid_args: 'errInvalidArgs',
  bad_json: 'errBadRequest',
  bad_request: 'errBadRequest',
  bad_frame: 'errBadRequest',
  duplicate_id: 'errBadRequest',
  position_lost: 'errPositionLost',
  unsupported: 'errUnsupported',
  plugin_unavailable: 'errPluginUnavailable',
  plugin_timeout: 'errPluginTimeout',
  plugin_error: 'errPluginFailed',
  plugin_crashed: 'errPluginFailed',
  outcome_unknown: 'errOutcomeUnknown',
  backend_timeout: 'errPluginTimeout',
  backend_unavailable: 'errPluginUnavailable',
  backend_bad_reply: 'errPluginFailed',
  backend_rejected: 'errForbidden',
  internal: 'errInternal',
};

export function reasonText(code: string): string {
  const key = kReasons[code];
  return key ? t(key) : t('errOther', { code });
}

/** At the door, where `unauthorized` is about a name and a password. */
export function errorText(error: unknown, known: Known = {}): string {
  if (!(error instanceof CommandError)) return t('errConnectionLost');
  if (asksForInvitation(error))
    return t(error.code === 'unauthorized' ? 'errInvitation' : 'errInvitationNeeded');
  if (error.code === 'unauthorized') return t('errUnauthorized');
  return refusalText(error.data, known);
}

export type PasswordField = 'oldPassword' | 'newPassword';

/** What was wrong with a change of one's password, by field; `form` for what is about neither. */
export function passwordErrors(error: unknown): Partial<Record<PasswordField | 'form', string>> {
  if (!(error instanceof CommandError)) return { form: errorText(error) };
  const { data } = error;
  if (data.code === 'unauthorized') return { oldPassword: t('errOldPassword') };
  if (data.code !== 'invalid_args') return { form: refusalText(data) };
  const fields = (data.fields ?? {}) as Partial<Record<PasswordField, unknown>>;
  const reason = isInReadersLanguage(data) ? data.message : t('errNewPassword');
  return {
    ...('oldPassword' in fields && { oldPassword: t('errOldPassword') }),
    // Without fields it is the server's own rule, and that is for new ones.
    ...(('newPassword' in fields || !('oldPassword' in fields)) && { newPassword: reason }),
  };
}

/** Whether somebody who registers is missing a code, or gave a wrong one. */
export function asksForInvitation(error: unknown): boolean {
  return error instanceof CommandError && error.data.invitation === true;
}

export function refusalText(error: ErrorData, known: Known = {}): string {
  if (error.code === 'rate_limited' && error.retryAfterMs)
    return t('errRateLimitedIn', { n: Math.ceil(error.retryAfterMs / 1000) });
  const understood = isInReadersLanguage(error);
  return (
    specific(error, known, understood) ?? (understood ? error.message : reasonText(error.code))
  );
}

function isInReadersLanguage({ code, message }: ErrorData): boolean {
  if (!message || message === code) return false;
  return locale.value === 'en' || /[а-яё]/i.test(message);
}

/** What is better said here, where the commands and their arguments are known. */
function specific(error: ErrorData, known: Known, understood: boolean): string | undefined {
  const { code, action } = error;
  if (code === 'invalid_args') return fieldsText(error, known.commands ?? [], understood);
  if (code === 'unknown_action' && action && known.gone?.has(action))
    return t('errCommandGone', { name: action });
  if (code === 'unknown_action' && action) return t('errUnknownAction', { name: action });
  if (code === 'too_large' && known.messageLimit && !understood)
    return t('errTooLargeOf', { n: known.messageLimit });
  return undefined;
}

/** Names each argument that was wrong, the server's reason if it is understood, and what it takes. */
function fieldsText(
  error: ErrorData,
  commands: readonly CommandSpec[],
  understood: boolean,
): string | undefined {
  const fields = error.fields;
  if (typeof fields !== 'object' || fields === null) return undefined;
  const command = commands.find(
    (item) => item.name === error.action || item.aliases?.includes(error.action ?? ''),
  );
  const said = Object.entries(fields).map(([name, reason]) => {
    const arg = command?.args?.find((item) => item.name === name);
    if (understood && typeof reason === 'string') return withReason(name, reason, arg);
    return arg ? t('errField', { name, need: described(arg) }) : t('errFieldOnly', { name });
  });
  return said.length > 0 ? said.join(' ') : undefined;
}

function withReason(name: string, reason: string, arg: ArgSpec | undefined): string {
  // A whole sentence has said what to do, and so has a list of what there is to choose from.
  const whole = /[.!?]$/.test(reason);
  const listed = arg?.choices?.some((choice) => reason.includes(String(choice)));
  const wants = arg && (arg.choices?.length ? expectation(arg) : arg.help || expectation(arg));
  const need = whole || listed || !wants ? '' : ` (${wants})`;
  return `${t('errFieldReason', { name, reason })}${need}${whole ? '' : '.'}`;
}
