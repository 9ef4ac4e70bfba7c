// SPDX-License-Identifier: Apache-2.0
// The whole page: the door, or the room with its rail, conversation and side panel.

import { useSignalEffect } from '@preact/signals';
import { useEffect } from 'preact/hooks';
import { Composer } from './Composer';
import { useApp } from './context';
import { Dialogs } from './Dialogs';
import { Door } from './Door';
import { Entering } from './Entering';
import { Header } from './Header';
import { MessageList } from './MessageList';
import { Nowhere } from './Nowhere';
import { Rail } from './Rail';
import { onShortcut } from './shortcuts';
import { SidePanel } from './SidePanel';
import { Update } from './Update';
import { panel, rail } from './view';
import { player } from '../state/game';
import { plain } from '../state/plain';
import { wide } from './view';

/** A tab shows less still. */
const kTitleLength = 40;

export function Page() {
  const app = useApp();
  useSignalEffect(() => {
    const unread = app.unreadTotal.value;
    const where = app.phase.value === 'inside' && app.active.value?.title.value;
    const name = where ? `${plain(where, kTitleLength)} · Parley` : 'Parley';
    document.title = unread > 0 ? `(${unread}) ${name}` : name;
  });
  return (
    <>
      {app.phase.value === 'door' && <Door />}
      {app.phase.value === 'entering' && <Entering />}
      {app.phase.value === 'inside' && <Room />}
      <Update />
      <div class="sr-only" role="status" aria-live="polite">
        {app.announcement.value}
      </div>
    </>
  );
}

function Room() {
  const app = useApp();
  useEffect(() => {
    const listener = (event: KeyboardEvent): void => onShortcut(app, event);
    window.addEventListener('keydown', listener);
    return () => window.removeEventListener('keydown', listener);
  }, [app]);
  useEffect(() => openGameOnce(), []);
  const channel = app.active.value;
  const open = channel && panel.value;
  return (
    <div class={`shell${open ? ' with-panel' : ''}${rail.value ? ' rail-open' : ''}`}>
      <Rail />
      <main class="conversation">
        {channel && <Header channel={channel} />}
        {channel && <MessageList key={channel.name} channel={channel} />}
        {channel && <Composer key={`c${channel.name}`} channel={channel} />}
        {!channel && <Nowhere />}
      </main>
      {open && <SidePanel channel={channel} which={open} />}
      {(rail.value || open) && (
        <div
          class="backdrop"
          onClick={() => {
            rail.value = false;
            if (!wide.matches) panel.value = undefined;
          }}
        />
      )}
      <Dialogs />
    </div>
  );
}

/** The first news from the game brings its panel up, where there is room for one. */
function openGameOnce(): () => void {
  if (player.peek()) return () => {};
  const stop = player.subscribe((value) => {
    if (!value) return;
    if (wide.matches) panel.value = 'game';
    queueMicrotask(() => stop());
  });
  return stop;
}
