// SPDX-License-Identifier: Apache-2.0
// In no channel: why, and where one can go from here. Nothing is asked for until the person does.

import { t } from '../i18n';
import { Banner } from './Banner';
import { useApp } from './context';
import { EntryView } from './EntryView';
import { MenuButton } from './Header';
import { go } from './shortcuts';
import { dialog } from './view';

export function Nowhere() {
  const app = useApp();
  const direct = [...app.channels.value.values()].filter((channel) => channel.isDirect);
  return (
    <>
      <header class="header">
        <MenuButton unread={app.unreadTotal.value} />
        <h1>{t('inNoChannel')}</h1>
      </header>
      <div class="nowhere">
        <div role="log" aria-label={t('inNoChannel')}>
          {app.nowhere.entries.value.map((entry) => (
            <EntryView key={entry.key} channel={app.nowhere} entry={entry} grouped={false} />
          ))}
        </div>
        <p>{t(direct.length > 0 ? 'nowhereTextDirect' : 'nowhereText')}</p>
        <button type="button" class="primary" onClick={() => (dialog.value = 'join')}>
          {t('joinChannel')}
        </button>
        {direct.length > 0 && (
          <section aria-label={t('directMessages')} class="pills">
            {direct.map(({ name, title }) => (
              <button type="button" key={name} class="pill" onClick={() => go(app, name)}>
                {title.value}
              </button>
            ))}
          </section>
        )}
      </div>
      <Banner />
    </>
  );
}
