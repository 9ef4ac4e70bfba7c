// SPDX-License-Identifier: Apache-2.0
// Channels, direct messages, and oneself at the bottom.

import { BellOff, CircleQuestionMark, Hash, Plus, Search, Settings, X } from './icons';
import { t } from '../i18n';
import type { Channel } from '../state/channel';
import { entry } from '../state/entry';
import { Avatar } from './Avatar';
import { useApp } from './context';
import { Mark } from './Mark';
import { go } from './shortcuts';
import { dialog, rail } from './view';

export function Rail() {
  const app = useApp();
  const all = [...app.channels.value.values()];
  const direct = all.filter((channel) => channel.isDirect);
  return (
    <nav class="rail" aria-label={t('channels')}>
      <div class="rail-head">
        <Mark size={26} />
        <strong>Parley</strong>
        <button
          type="button"
          class="icon only-narrow"
          aria-label={t('close')}
          onClick={() => (rail.value = false)}
        >
          <X size={20} strokeWidth={1.5} />
        </button>
      </div>
      <button type="button" class="finder" onClick={() => (dialog.value = 'switcher')}>
        <Search size={16} strokeWidth={1.5} aria-hidden="true" />
        <span>{t('switcher')}</span>
        <kbd class="only-wide">Ctrl K</kbd>
      </button>
      <div class="rail-lists">
        <h2>
          {t('channels')}
          <button
            type="button"
            class="icon"
            aria-label={t('joinChannel')}
            onClick={() => (dialog.value = 'join')}
          >
            <Plus size={16} strokeWidth={1.5} />
          </button>
        </h2>
        <ul>
          {all
            .filter((channel) => !channel.isDirect)
            .map((channel) => (
              <Item key={channel.name} channel={channel} />
            ))}
        </ul>
        {direct.length > 0 && <h2>{t('directMessages')}</h2>}
        <ul>
          {direct.map((channel) => (
            <Item key={channel.name} channel={channel} />
          ))}
        </ul>
      </div>
      <Oneself />
    </nav>
  );
}

/** More than this is said as "more". */
const kMostShown = 99;

function Item({ channel }: { channel: Channel }) {
  const app = useApp();
  const active = app.activeName.value === channel.name;
  const unread = channel.unread.value;
  const title = channel.title.value;
  return (
    <li class={`rail-item${active ? ' active' : ''}${unread ? ' unread' : ''}`}>
      <button
        type="button"
        aria-current={active ? 'page' : undefined}
        onClick={() => go(app, channel.name)}
      >
        {channel.peer ? (
          <Avatar
            id={channel.peer}
            name={title}
            kind={channel.peer.startsWith('b_') ? 'bot' : 'user'}
            small
          />
        ) : (
          <Hash size={16} strokeWidth={1.5} aria-hidden="true" />
        )}
        <span class="rail-title">{title}</span>
        {app.isMuted(channel) && (
          <span class="muted-mark">
            <BellOff size={14} strokeWidth={1.5} aria-hidden="true" />
            <span class="sr-only">{t('muted')}</span>
          </span>
        )}
        <Counts channel={channel} />
      </button>
      {channel.name !== 'global' && (
        <button
          type="button"
          class="icon leave"
          aria-label={t('leave', { name: title })}
          onClick={() => void app.leave(channel)}
        >
          <X size={14} strokeWidth={1.5} />
        </button>
      )}
    </li>
  );
}

/** What is unread, and in front of it how much of that calls one by name. */
function Counts({ channel }: { channel: Channel }) {
  const unread = channel.unread.value;
  const mentions = channel.peer ? 0 : channel.mentions.value;
  if (unread === 0) return null;
  const many = unread > kMostShown || channel.unreadMore.value;
  return (
    <>
      {mentions > 0 && (
        <span class="count loud">
          <span aria-hidden="true">@{Math.min(mentions, kMostShown)}</span>
          <span class="sr-only">{t('mentionCount', { n: mentions })}</span>
        </span>
      )}
      <span class={`count${channel.peer ? ' loud' : ''}`}>
        <span aria-hidden="true">
          {Math.min(unread, kMostShown)}
          {many && '+'}
        </span>
        <span class="sr-only">{t('unreadCount', { n: unread })}</span>
      </span>
    </>
  );
}

function Oneself() {
  const app = useApp();
  const self = app.self.value;
  if (!self) return null;
  return (
    <div class="oneself">
      {self.kind === 'guest' && entry.value.registration !== 'closed' && (
        <button type="button" class="link" onClick={() => (dialog.value = 'account')}>
          {t('keepName')}
        </button>
      )}
      <div class="oneself-row">
        <Avatar id={self.id} name={self.name} kind={self.kind} />
        <span class="oneself-name">
          <strong>{self.name}</strong>
          <span>
            <i class={`dot ${app.ready.value ? 'on' : 'off'}`} aria-hidden="true" />
            {t(!app.ready.value ? 'offline' : self.kind === 'guest' ? 'guest' : 'online')}
          </span>
        </span>
        <button
          type="button"
          class="icon"
          aria-label={t('help')}
          onClick={() => (dialog.value = 'help')}
        >
          <CircleQuestionMark size={18} strokeWidth={1.5} />
        </button>
        <button
          type="button"
          class="icon"
          aria-label={t('settings')}
          onClick={() => (dialog.value = 'settings')}
        >
          <Settings size={18} strokeWidth={1.5} />
        </button>
      </div>
    </div>
  );
}
