// SPDX-License-Identifier: Apache-2.0
// Into a channel: those there are, and a name of one's own.

import { useEffect, useState } from 'preact/hooks';
import { CommandError } from '@parley/client';
import { t } from '../i18n';
import { listChannels, type ListedChannel } from '../state/channel_directory';
import { useApp } from './context';
import { errorText } from './errors';
import { Hash } from './icons';
import { arrive } from './shortcuts';

export function JoinBody({ onDone }: { onDone: () => void }) {
  const app = useApp();
  const [name, setName] = useState('');
  const [asked, setAsked] = useState('');
  const [error, setError] = useState<unknown>(undefined);
  const [listed, setListed] = useState<ListedChannel[]>([]);
  useEffect(() => {
    let open = true;
    void listChannels(app.client).then((channels) => open && setListed(channels));
    return () => {
      open = false;
    };
  }, [app]);
  const wanted = name.trim().toLowerCase().replace(/^#/, '');
  const join = (channel: string): void => {
    const done = (): void => {
      onDone();
      arrive();
    };
    setAsked(channel);
    void app.join(channel).then(done, setError);
  };
  const whyNot = (refused: unknown): string => {
    // The plugin that lets nobody in has sent us out while we asked.
    const sentOut = refused instanceof CommandError && refused.code === 'conflict';
    return sentOut
      ? t('takenOut', { name: asked })
      : errorText(refused, { commands: app.commands.value });
  };
  const shown = listed.filter((channel) => channel.name.includes(wanted));
  return (
    <form
      class="account"
      onSubmit={(event) => {
        event.preventDefault();
        // Said here and not by the browser, whose language may be another.
        if (!/^[a-z0-9][a-z0-9_-]*$/.test(wanted)) setError(t('errChannelName'));
        else join(wanted);
      }}
    >
      <label class="field">
        <span>{t('channelName')}</span>
        <input
          value={name}
          placeholder={t('joinPlaceholder')}
          maxLength={33}
          autocapitalize="none"
          spellcheck={false}
          onInput={(event) => setName(event.currentTarget.value)}
        />
      </label>
      {error !== undefined && (
        <p class="form-error" role="alert">
          {typeof error === 'string' ? error : whyNot(error)}
        </p>
      )}
      {shown.length > 0 && (
        <ul class="listed" aria-label={t('channels')}>
          {shown.map((channel) => (
            <li key={channel.name}>
              <button type="button" onClick={() => join(channel.name)}>
                <Hash size={16} strokeWidth={1.5} aria-hidden="true" />
                <span class="listed-name">{channel.name}</span>
                <span class="listed-topic">{channel.topic}</span>
                <span class="muted">{t('peopleCount', { n: channel.members })}</span>
              </button>
            </li>
          ))}
        </ul>
      )}
      <button type="submit" class="primary" disabled={!wanted}>
        {t('join')}
      </button>
    </form>
  );
}
