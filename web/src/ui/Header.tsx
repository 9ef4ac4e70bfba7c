// SPDX-License-Identifier: Apache-2.0
import { Bell, BellOff, Compass, Hash, Menu, Users } from './icons';
import { t } from '../i18n';
import type { Channel } from '../state/channel';
import { Avatar } from './Avatar';
import { useApp } from './context';
import { panel, rail, togglePanel } from './view';

/** On a phone, to the list of channels; `unread`: what waits there. */
export function MenuButton({ unread }: { unread: number }) {
  return (
    <button
      type="button"
      class="icon only-narrow menu"
      aria-label={t('openChannels')}
      aria-expanded={rail.value}
      onClick={() => (rail.value = true)}
    >
      <Menu size={20} strokeWidth={1.5} />
      {unread > 0 && <i class="pip" aria-hidden="true" />}
    </button>
  );
}

export function Header({ channel }: { channel: Channel }) {
  const app = useApp();
  const elsewhere = app.unreadTotal.value - channel.unread.value;
  const title = channel.title.value;
  const muted = app.isMuted(channel);
  const topic = channel.topic.value;
  return (
    <header class="header">
      <MenuButton unread={elsewhere} />
      {channel.peer ? (
        <Avatar
          id={channel.peer}
          name={title}
          kind={channel.peer.startsWith('b_') ? 'bot' : 'user'}
          small
        />
      ) : (
        <Hash class="header-hash" size={18} strokeWidth={1.5} aria-hidden="true" />
      )}
      <h1>{title}</h1>
      <p class="topic" title={topic || undefined}>
        {topic}
      </p>
      <button
        type="button"
        class="icon"
        aria-pressed={muted}
        aria-label={t(muted ? 'unmute' : 'mute', { name: title })}
        onClick={() => app.mute(channel, !muted)}
      >
        {muted ? <BellOff size={18} strokeWidth={1.5} /> : <Bell size={18} strokeWidth={1.5} />}
      </button>
      <button
        type="button"
        class="icon with-count"
        aria-pressed={panel.value === 'people'}
        aria-label={`${t('people')}: ${t('peopleCount', { n: channel.total.value })}`}
        onClick={() => {
          togglePanel('people');
          void app.sync.refreshMembers(channel);
        }}
      >
        <Users size={18} strokeWidth={1.5} />
        <span>{channel.total.value}</span>
      </button>
      <button
        type="button"
        class="icon"
        aria-pressed={panel.value === 'game'}
        aria-label={t('game')}
        onClick={() => togglePanel('game')}
      >
        <Compass size={18} strokeWidth={1.5} />
      </button>
    </header>
  );
}
