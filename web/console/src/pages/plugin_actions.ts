// SPDX-License-Identifier: Apache-2.0
// What can be done with a plugin.

import { ask, kOwn, operate, Refusal, step } from '../api';
import { bytes as bytesText, t } from '../i18n';
import { act, flag, quoted, type Field } from '../ui/action';
import { base64Url } from './base64';

export interface PluginRow {
  id: string;
  version: string;
  state: string;
  reason: string;
  description: string;
  execution: string;
  isolation: string;
  calls: number;
  faults: number;
  queued: number;
  quarantine: string;
  previous: string;
  canary: string;
}

export type Verb = 'load' | 'unload' | 'reload' | 'rollback' | 'quarantine' | 'release' | 'promote' | 'endCanary';

export function isServing({ state }: PluginRow): boolean {
  return state === 'active' || state === 'probation';
}

/** In the order in which they are offered. */
export function verbsFor(plugin: PluginRow): Verb[] {
  if (plugin.quarantine) return ['release', 'reload', 'unload'];
  if (!isServing(plugin)) return ['load'];
  // A reload waits until the canary is decided about.
  if (plugin.canary) return ['promote', 'endCanary', 'quarantine', 'unload'];
  return plugin.previous ? ['reload', 'rollback', 'quarantine', 'unload'] : ['reload', 'quarantine', 'unload'];
}

const fileField = (value = ''): Field => ({ name: 'from', label: t('fromFile'), hint: t('fromFileHint'), value });

/** `file`: where it is to come from, until somebody writes another. */
export function pluginAction(verb: Verb, id: string, done: () => void, file = ''): void {
  const asksForFile = verb === 'load' || verb === 'reload';
  // Going back ends a canary: the server has one verb for both.
  const told = verb === 'endCanary' ? 'rollback' : verb;
  act({
    title: t(`${verb}Title`, { id }),
    text: t(`${verb}Text`),
    verb: t(verb),
    danger: verb === 'unload' || verb === 'quarantine',
    fields: asksForFile ? [fileField(file)] : [],
    run: async ({ from }, heard) => {
      await operate(`/plugins/${step(id)}/${told}`, from ? { from } : {}, heard);
      return { text: t(`${verb}Done`, { id }) };
    },
    ctl: ({ from }) => `parleyctl plugin ${told} ${quoted(id)}${flag('from', from)}`,
    done,
  });
}

export function loadAnyAction(done: () => void): void {
  act({
    title: t('loadAny'),
    text: t('loadText'),
    verb: t('load'),
    fields: [{ name: 'id', label: t('pluginId'), required: true }, fileField()],
    run: async ({ id, from }, heard) => {
      await operate(`/plugins/${step(id!)}/load`, from ? { from } : {}, heard);
      return { text: t('loadDone', { id: id! }) };
    },
    ctl: ({ id, from }) => `parleyctl plugin load ${quoted(id || 'ID')}${flag('from', from)}`,
    done,
  });
}

/** Asked before a large file is on its way: the server ends a request that it will not take. */
async function mayUpload(id: string, file: File): Promise<void> {
  const { confirmed } = await ask<{ confirmed?: boolean }>('/session');
  if (!confirmed) throw new Refusal(403, 'confirm_password', '');
  const { uploads, uploadMax } = await ask<{ uploads: boolean; uploadMax: number }>(`/plugins/${step(id)}/versions`);
  if (!uploads) throw new Refusal(403, kOwn, t('uploadsOff'));
  if (file.size > uploadMax) throw new Refusal(413, kOwn, t('fileTooLarge', { most: bytesText(uploadMax) }));
}

export function uploadAction(id: string, done: () => void): void {
  act({
    title: t('uploadTitle'),
    text: t('uploadText'),
    verb: t('upload'),
    fields: [
      { name: 'id', label: t('pluginId'), value: id, required: true },
      { name: 'file', label: t('file'), kind: 'file', required: true },
      { name: 'signature', label: t('signature'), hint: t('signatureHint'), required: true },
      { name: 'downgrade', label: t('allowDowngrade'), kind: 'flag' },
      { name: 'same', label: t('allowSameVersion'), kind: 'flag' },
    ],
    run: async ({ id: of, signature, downgrade, same }, heard, file) => {
      await mayUpload(of!, file!);
      const bytes = new Uint8Array(await file!.arrayBuffer());
      const answer = await operate(
        `/plugins/${step(of!)}/upload`,
        {
          file: base64Url(bytes),
          signature: signature!.trim(),
          allowDowngrade: downgrade !== '',
          allowSameVersion: same !== '',
        },
        heard,
      );
      return { text: t('uploadDone', { id: of!, version: String(answer['version']) }) };
    },
    ctl: ({ file, downgrade, same }) => {
      const flags = `${downgrade ? ' --allow-downgrade' : ''}${same ? ' --allow-same-version' : ''}`;
      return `parleyctl plugin upload ${quoted(file || 'FILE.so')}${flags}`;
    },
    done,
  });
}
