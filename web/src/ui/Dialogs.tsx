// SPDX-License-Identifier: Apache-2.0
// Everything that floats over the page. The browser's own dialog keeps the focus inside and Esc working.

import type { ComponentChildren } from 'preact';
import { useLayoutEffect, useRef, useState } from 'preact/hooks';
import { LogOut, User, UserPlus, X } from './icons';
import { t } from '../i18n';
import { entry } from '../state/entry';
import { AccountForm, type Way } from './AccountForm';
import { useApp } from './context';
import { BlockedPeople } from './Blocking';
import { HelpBody } from './Help';
import { JoinBody } from './JoinBody';
import { InstallChoice, NotificationChoice } from './Notifications';
import { LanguageChoice, ThemeChoice } from './Preferences';
import { RemovalBody } from './Revision';
import { SwitcherBody } from './Switcher';
import { dialog, focusComposer, removal } from './view';
import { YourAccountBody } from './YourAccount';

export function Dialogs() {
  switch (dialog.value) {
    case 'switcher':
      return (
        <Window title={t('switcher')} bare>
          <SwitcherBody />
        </Window>
      );
    case 'help':
      return (
        <Window title={t('help')}>
          <HelpBody />
        </Window>
      );
    case 'join':
      return (
        <Window title={t('joinChannel')}>
          <JoinBody onDone={close} />
        </Window>
      );
    case 'settings':
      return (
        <Window title={t('settings')}>
          <SettingsBody />
        </Window>
      );
    case 'account':
      return (
        <Window title={t('register')}>
          <AccountBody />
        </Window>
      );
    case 'yours':
      return (
        <Window title={t('yourAccount')}>
          <YourAccountBody />
        </Window>
      );
    case 'removal':
      return (
        <Window title={t('deleteTitle')}>
          <RemovalBody {...removal.value!} />
        </Window>
      );
    default:
      return null;
  }
}

function close(): void {
  dialog.value = undefined;
  focusComposer();
}

function Window({
  title,
  bare,
  children,
}: {
  title: string;
  bare?: boolean;
  children: ComponentChildren;
}) {
  const element = useRef<HTMLDialogElement>(null);
  useLayoutEffect(() => {
    const box = element.current!;
    box.showModal();
    return () => box.close();
  }, []);
  return (
    <dialog
      ref={element}
      class={bare ? 'bare' : ''}
      aria-label={title}
      onCancel={(event) => {
        event.preventDefault();
        close();
      }}
      onClick={(event) => {
        if (event.target === element.current) close();
      }}
    >
      <div class="window">
        {!bare && (
          <header>
            <h2>{title}</h2>
            <button type="button" class="icon" aria-label={t('close')} onClick={close}>
              <X size={18} strokeWidth={1.5} />
            </button>
          </header>
        )}
        {children}
      </div>
    </dialog>
  );
}

function SettingsBody() {
  const app = useApp();
  const guest = app.self.value?.kind === 'guest';
  return (
    <div class="settings">
      <div class="setting">
        <span>{t('language')}</span>
        <LanguageChoice />
      </div>
      <div class="setting">
        <span>{t('theme')}</span>
        <ThemeChoice />
      </div>
      <div class="setting">
        <span>{t('notifications')}</span>
        <NotificationChoice />
      </div>
      <BlockedPeople />
      <InstallChoice />
      <div class="setting-actions">
        {guest && entry.value.registration !== 'closed' && (
          <button type="button" class="secondary" onClick={() => (dialog.value = 'account')}>
            <UserPlus size={16} strokeWidth={1.5} aria-hidden="true" />
            {t('keepName')}
          </button>
        )}
        <button type="button" class="secondary" onClick={() => (dialog.value = 'yours')}>
          <User size={16} strokeWidth={1.5} aria-hidden="true" />
          {t('yourAccount')}
        </button>
        <button
          type="button"
          class="secondary"
          onClick={() => {
            dialog.value = undefined;
            void app.signOut();
          }}
        >
          <LogOut size={16} strokeWidth={1.5} aria-hidden="true" />
          {t('logOut')}
        </button>
      </div>
    </div>
  );
}

function AccountBody() {
  const app = useApp();
  const [way, setWay] = useState<Way>('register');
  return (
    <AccountForm
      way={way}
      onWay={setWay}
      ways={['register', 'login']}
      name={app.self.value?.name ?? ''}
      onDone={close}
    />
  );
}
