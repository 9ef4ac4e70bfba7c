// SPDX-License-Identifier: Apache-2.0
// What is open on the screen; nothing the server would care about.

import { signal } from '@preact/signals';
import type { Channel } from '../state/channel';
import type { MessageEntry } from '../state/timeline';

export type Panel = 'people' | 'game';
export type Dialog = 'switcher' | 'help' | 'join' | 'settings' | 'account' | 'yours' | 'removal';

/** As in styles/tokens.css: below it there is one column. */
export const wide = window.matchMedia('(min-width: 960px)');

export const rail = signal(false);
export const panel = signal<Panel | undefined>(wide.matches ? 'people' : undefined);
export const dialog = signal<Dialog | undefined>(undefined);
/** What the dialog `removal` asks about. */
export const removal = signal<{ channel: Channel; message: MessageEntry } | undefined>(undefined);

export function askToRemove(channel: Channel, message: MessageEntry): void {
  removal.value = { channel, message };
  dialog.value = 'removal';
}

export function togglePanel(which: Panel): void {
  panel.value = panel.value === which ? undefined : which;
}

/** Esc closes one thing at a time, the nearest first. */
export function closeNearest(): boolean {
  if (rail.value) rail.value = false;
  else if (panel.value && !wide.matches) panel.value = undefined;
  else return false;
  return true;
}

export function focusComposer(): void {
  document.querySelector<HTMLTextAreaElement>('#composer')?.focus();
}
