// SPDX-License-Identifier: Apache-2.0
// The frame: who is in, where one is, and the way out.

import { useEffect, useRef, useState } from 'preact/hooks';
import type { FunctionComponent } from 'preact';
import { Mark } from '@page/ui/Mark';
import { AccessPage } from '../pages/Access';
import { AuditPage } from '../pages/Audit';
import { ChannelPage } from '../pages/Channel';
import { ChannelsPage } from '../pages/Channels';
import { ConfigPage } from '../pages/Config';
import { KeysPage } from '../pages/Keys';
import { LogPage } from '../pages/Log';
import { OverviewPage } from '../pages/Overview';
import { PeoplePage } from '../pages/People';
import { PluginPage } from '../pages/Plugin';
import { PluginsPage } from '../pages/Plugins';
import { SessionsPage } from '../pages/Sessions';
import { TryPage } from '../pages/Try';
import { hrefOf, item, page, type PageName } from '../route';
import { admin, logOut, look, unreachable } from '../session';
import { t, type Key } from '../i18n';
import { ActionWindow } from './ActionWindow';
import { Choices } from './Choices';
import {
  Activity,
  Hash,
  KeyRound,
  ListOrdered,
  LogOut,
  Menu,
  Monitor,
  Plug,
  ScrollText,
  Settings,
  ShieldCheck,
  Terminal,
  Users,
} from './icons';
import { Login } from './Login';
import { kIcon } from './parts';

type Entry = readonly [PageName, Key, typeof Activity];

const kEntries: readonly Entry[] = [
  ['overview', 'overview', Activity],
  ['plugins', 'plugins', Plug],
  ['sessions', 'sessions', Monitor],
  ['channels', 'channels', Hash],
  ['people', 'people', Users],
  ['access', 'access', ListOrdered],
  ['try', 'tryCommand', Terminal],
  ['audit', 'audit', ShieldCheck],
  ['log', 'log', ScrollText],
  ['config', 'configuration', Settings],
  ['keys', 'adminKeys', KeyRound],
];

const kBodies: Record<PageName, FunctionComponent> = {
  overview: OverviewPage,
  plugins: () => (item.value === undefined ? <PluginsPage /> : <PluginPage key={item.value} id={item.value} />),
  sessions: SessionsPage,
  channels: () => (item.value === undefined ? <ChannelsPage /> : <ChannelPage key={item.value} name={item.value} />),
  people: PeoplePage,
  access: AccessPage,
  try: () => <TryPage key={item.value ?? ''} chosen={item.value} />,
  audit: AuditPage,
  log: LogPage,
  config: ConfigPage,
  keys: KeysPage,
};

export function Console() {
  if (admin.value) return <Shell />;
  if (admin.value === null) return <Login />;
  return (
    <main class="door">
      {unreachable.value && (
        <div class="door-card">
          <p role="alert">{t('errorUnreachable')}</p>
          <button type="button" class="primary" onClick={() => void look()}>
            {t('tryAgain')}
          </button>
        </div>
      )}
    </main>
  );
}

function Shell() {
  const [open, setOpen] = useState(false);
  const main = useRef<HTMLElement>(null);
  const Body = kBodies[page.value];
  const where = `${page.value}/${item.value ?? ''}`;
  const before = useRef(where);
  useEffect(() => {
    setOpen(false);
    document.title = `${t(kEntries.find(([name]) => name === page.value)![1])} · Parley`;
    if (before.current === where) return;
    before.current = where;
    main.current?.focus();
    main.current?.scrollTo(0, 0);
  }, [where]);
  return (
    <div class="console">
      <header class="topbar only-narrow">
        <button
          type="button"
          class="icon"
          aria-label={t('menu')}
          aria-expanded={open}
          aria-controls="navigation"
          onClick={() => setOpen(!open)}
        >
          <Menu {...kIcon} size={20} />
        </button>
        <Mark size={22} />
        <strong>{t('consoleTitle')}</strong>
      </header>
      <nav
        id="navigation"
        class={open ? 'side open' : 'side'}
        aria-label={t('navigation')}
        onKeyDown={(event) => event.key === 'Escape' && setOpen(false)}
      >
        <p class="brand only-wide">
          <Mark size={24} />
          <strong>{t('consoleTitle')}</strong>
        </p>
        <ul>
          {kEntries.map(([name, text, Icon]) => (
            <li key={name}>
              <a href={hrefOf(name)} aria-current={page.value === name ? 'page' : undefined} onClick={() => setOpen(false)}>
                <Icon {...kIcon} />
                {t(text)}
              </a>
            </li>
          ))}
        </ul>
        <div class="side-end">
          <Choices />
          <p class="who">
            <span>{admin.value!.name}</span>
            <button type="button" class="icon" aria-label={t('logOut')} title={t('logOut')} onClick={() => void logOut()}>
              <LogOut {...kIcon} />
            </button>
          </p>
        </div>
      </nav>
      <main ref={main} tabIndex={-1} class="content">
        <Body key={where} />
      </main>
      <ActionWindow />
    </div>
  );
}
