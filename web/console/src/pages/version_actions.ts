// SPDX-License-Identifier: Apache-2.0
// What can be done with the versions that are kept of a plugin, and with what may never be loaded.

import { change, kOwn, Refusal, step } from '../api';
import { t } from '../i18n';
import { act, flag, quoted, type Field } from '../ui/action';

export interface Version {
  version: string;
  sha256: string;
  file: string;
  signedBy: string;
  /** Why it may not be loaded; empty: it may. */
  revoked: string;
  bytes: number;
  pinned: boolean;
  serving: boolean;
}

export interface Versions {
  versions: Version[];
  uploads: boolean;
}

/** As the server tells versions apart: by their number, or by the file's name where two share one. */
export function nameOf({ version, file }: Version, all: readonly Version[]): string {
  if (all.filter((one) => one.version === version).length === 1) return version;
  return file.slice(file.lastIndexOf('/') + 1).replace(/\.so$/, '');
}

export function pinAction(id: string, version: string, done: () => void): void {
  act({
    title: t('pinTitle', { id, version }),
    text: t('pinText'),
    verb: t('pin'),
    fields: [{ name: 'downgrade', label: t('allowDowngrade'), kind: 'flag' }],
    run: async ({ downgrade }) => {
      await change(`/plugins/${step(id)}/pin`, { version, allowDowngrade: downgrade !== '' });
      return { text: t('pinDone', { id, version }) };
    },
    ctl: ({ downgrade }) =>
      `parleyctl plugin pin ${quoted(id)} ${quoted(version)}${downgrade ? ' --allow-downgrade' : ''}`,
    done,
  });
}

export function unpinAction(id: string, done: () => void): void {
  act({
    title: t('unpinTitle', { id }),
    text: t('unpinText'),
    verb: t('unpin'),
    run: async () => {
      await change(`/plugins/${step(id)}/pin`, { version: null });
      return { text: t('unpinDone', { id }) };
    },
    ctl: () => `parleyctl plugin unpin ${quoted(id)}`,
    done,
  });
}

const reasonField = (): Field => ({ name: 'reason', label: t('reason'), hint: t('revokeReasonHint') });

async function revoke(value: string, reason: string | undefined): Promise<void> {
  const kind = value.length === 16 ? 'key' : 'sha256';
  await change('/plugin-revocations', { kind, value, ...(reason ? { reason } : {}) });
}

/** This file, or whatever the key has signed. */
export function revokeVersionAction(id: string, version: string, of: Version, done: () => void): void {
  act({
    title: t('revokeVersionTitle', { id, version }),
    text: t('revokeText'),
    verb: t('revoke'),
    danger: true,
    fields: [
      {
        name: 'what',
        label: t('revokeWhat'),
        kind: 'choice',
        value: of.sha256,
        choices: [
          { value: of.sha256, label: t('revokeFile') },
          { value: of.signedBy, label: t('revokeKey', { key: of.signedBy }) },
        ],
      },
      reasonField(),
    ],
    run: async ({ what, reason }) => {
      await revoke(what!, reason);
      return { text: of.pinned ? t('revokePinnedDone', { id }) : t('revokeDone') };
    },
    ctl: ({ what, reason }) => {
      const target = what === of.signedBy ? of.signedBy : `${quoted(id)} ${quoted(version)}`;
      return `parleyctl plugin revoke ${target}${flag('reason', reason)}`;
    },
    done,
  });
}

/** One that is not kept here, or a key before anything of it came. */
export function revokeAnyAction(done: () => void): void {
  act({
    title: t('revokeAny'),
    text: t('revokeText'),
    verb: t('revoke'),
    danger: true,
    fields: [
      { name: 'value', label: t('revokeWhat'), hint: t('revokeValueHint'), required: true },
      reasonField(),
    ],
    run: async ({ value, reason }) => {
      const wanted = value!.trim().toLowerCase();
      if (!/^([0-9a-f]{16}|[0-9a-f]{64})$/.test(wanted)) throw new Refusal(422, kOwn, t('revokeValueWrong'));
      await revoke(wanted, reason);
      return { text: t('revokeDone') };
    },
    ctl: ({ value, reason }) => `parleyctl plugin revoke ${quoted(value?.trim() || 'SHA256')}${flag('reason', reason)}`,
    done,
  });
}
