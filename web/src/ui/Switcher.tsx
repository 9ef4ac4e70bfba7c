// SPDX-License-Identifier: Apache-2.0
// Ctrl+K: to any channel or person by a few letters.

import { useState } from 'preact/hooks';
import { Hash, Search } from './icons';
import { t } from '../i18n';
import type { App } from '../state/app';
import { Avatar } from './Avatar';
import { useApp } from './context';
import { go, goToPerson } from './shortcuts';
import { dialog } from './view';

interface Target {
  key: string;
  title: string;
  person?: { id: string; kind: string };
  open: () => void;
}

export function SwitcherBody() {
  const app = useApp();
  const [query, setQuery] = useState('');
  const [chosen, setChosen] = useState(0);
  const found = targets(app).filter((item) =>
    item.title.toLowerCase().includes(query.trim().toLowerCase()),
  );
  const take = (target: Target | undefined): void => {
    if (!target) return;
    dialog.value = undefined;
    target.open();
  };
  return (
    <div class="switcher">
      <label class="switcher-field">
        <Search size={18} strokeWidth={1.5} aria-hidden="true" />
        <input
          value={query}
          placeholder={t('switcherPlaceholder')}
          aria-label={t('switcherPlaceholder')}
          role="combobox"
          aria-expanded="true"
          aria-controls="switcher-list"
          aria-activedescendant={found[chosen] && `to-${chosen}`}
          onInput={(event) => {
            setQuery(event.currentTarget.value);
            setChosen(0);
          }}
          onKeyDown={(event) => {
            if (event.key === 'Enter') take(found[chosen]);
            else if (event.key === 'ArrowDown' && found.length)
              setChosen((chosen + 1) % found.length);
            else if (event.key === 'ArrowUp' && found.length)
              setChosen((chosen - 1 + found.length) % found.length);
            else return;
            event.preventDefault();
          }}
        />
      </label>
      <div role="listbox" id="switcher-list" aria-label={t('switcher')}>
        {found.map((target, index) => (
          <div
            role="option"
            id={`to-${index}`}
            key={target.key}
            class="switcher-option"
            aria-selected={index === chosen}
            onClick={() => take(target)}
            onMouseMove={() => setChosen(index)}
          >
            {target.person ? (
              <Avatar id={target.person.id} name={target.title} kind={target.person.kind} small />
            ) : (
              <Hash size={16} strokeWidth={1.5} aria-hidden="true" />
            )}
            <span>{target.title}</span>
          </div>
        ))}
        {found.length === 0 && <p class="slash-none">{t('nothingFound')}</p>}
      </div>
    </div>
  );
}

function targets(app: App): Target[] {
  const channels = [...app.channels.value.values()];
  const people = new Map(
    channels.flatMap((channel) => channel.members.value.map((item) => [item.id, item])),
  );
  const known = new Set(channels.map((channel) => channel.peer));
  return [
    ...channels.map((channel): Target => ({
      key: channel.name,
      title: channel.title.value,
      ...(channel.peer
        ? { person: { id: channel.peer, kind: channel.peer.startsWith('b_') ? 'bot' : 'user' } }
        : {}),
      open: () => go(app, channel.name),
    })),
    ...[...people.values()]
      .filter((member) => !app.isSelf(member.id) && !known.has(member.id))
      .map((member): Target => ({
        key: member.id,
        title: member.name,
        person: member,
        open: () => goToPerson(app, member),
      })),
  ];
}
