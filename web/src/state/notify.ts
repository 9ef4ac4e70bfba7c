// SPDX-License-Identifier: Apache-2.0
// Notifications: of mentions and direct messages, while nobody looks at the page, if somebody asked for them.

import { signal } from '@preact/signals';
import type { Frame } from '@parley/client';
import type { App } from './app';
import type { Channel } from './channel';
import { worker } from './install';
import { mentions } from './mention';
import { text } from './messages';
import { plain } from './plain';
import { kept } from './storage';

export type Permission = NotificationPermission | 'unsupported';

/** A notification shows a line or two; the rest is on the page. */
const kBodyLength = 200;
const kTitleLength = 60;

const granted = (): Permission =>
  typeof Notification === 'undefined' ? 'unsupported' : Notification.permission;

export const permission = signal<Permission>(granted());
/** What the person wants; the browser has its own say. */
export const wanted = signal(kept.get('notify') === '1');

/** Only ever from a click: a browser that is asked unasked says no for good. */
export async function turnOn(): Promise<void> {
  setWanted(true);
  if (granted() === 'default') await Notification.requestPermission();
  permission.value = granted();
}

export function setWanted(value: boolean): void {
  wanted.value = value;
  kept.set('notify', value ? '1' : undefined);
}

/** A message has come in. */
export function noticed(app: App, channel: Channel, frame: Frame): void {
  if (!document.hidden || !wanted.value || granted() !== 'granted') return;
  if (app.isSelf(frame.user?.id ?? '') || app.isMuted(channel)) return;
  const said = text(frame.data?.['text']) ?? '';
  const name = app.self.value?.name ?? '';
  if (!channel.isDirect && !mentions(said, name)) return;
  const from = text(frame.data?.['from']) ?? frame.user?.name ?? channel.title.value;
  void show(app, channel, from, said, frame.offset ?? 0);
}

async function show(
  app: App,
  channel: Channel,
  from: string,
  said: string,
  offset: number,
): Promise<void> {
  if (await app.isSeenElsewhere()) return;
  const where = channel.isDirect ? '' : ` · ${channel.title.value}`;
  const title = plain(`${from}${where}`, kTitleLength);
  const options: NotificationOptions = {
    body: plain(said, kBodyLength),
    icon: '/icons/icon-192.png',
    // One for each message, however many tabs saw it.
    tag: `${channel.name}:${offset}`,
    data: { channel: channel.name },
  };
  const keeper = worker();
  if (keeper?.active) return keeper.showNotification(title, options);
  const notification = new Notification(title, options);
  notification.onclick = () => {
    window.focus();
    app.activate(channel.name);
  };
}
