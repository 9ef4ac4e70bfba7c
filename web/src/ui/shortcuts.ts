// SPDX-License-Identifier: Apache-2.0
import type { Member } from '@parley/client';
import type { App } from '../state/app';
import { closeNearest, dialog, focusComposer, panel, rail, wide } from './view';

export function onShortcut(app: App, event: KeyboardEvent): void {
  if (event.defaultPrevented || event.isComposing) return;
  if ((event.ctrlKey || event.metaKey) && event.key.toLowerCase() === 'k') {
    event.preventDefault();
    dialog.value = dialog.value === 'switcher' ? undefined : 'switcher';
  } else if (dialog.value) {
    return; // an open dialog has the keyboard
  } else if (event.altKey && (event.key === 'ArrowUp' || event.key === 'ArrowDown')) {
    event.preventDefault();
    step(app, event.key === 'ArrowUp' ? -1 : 1);
  } else if (event.key === 'Escape') {
    if (closeNearest()) event.preventDefault();
    focusComposer();
  } else if (event.key === '?' && !isField(event.target)) {
    event.preventDefault();
    dialog.value = 'help';
  }
}

function step(app: App, by: number): void {
  const names = [...app.channels.value.keys()];
  const at = names.indexOf(app.activeName.value);
  const next = names[(at + by + names.length) % names.length];
  if (next) go(app, next);
}

/** To a channel, with the drawer closed and the keyboard in the composer. */
export function go(app: App, name: string): void {
  app.activate(name);
  arrive();
}

/** To the conversation with one person. */
export function goToPerson(app: App, member: Member): void {
  app.openDirect(member);
  arrive();
}

/** What lay over the conversation on a phone goes, the keyboard is where one writes. */
export function arrive(): void {
  rail.value = false;
  if (!wide.matches) panel.value = undefined;
  requestAnimationFrame(focusComposer);
}

function isField(target: EventTarget | null): boolean {
  return (
    target instanceof HTMLElement &&
    (target.matches('input, textarea, select') || target.isContentEditable)
  );
}
