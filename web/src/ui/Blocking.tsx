// SPDX-License-Identifier: Apache-2.0
// Whose direct messages one does not want: at a person, in a conversation, in the settings.

import { useEffect, useState } from 'preact/hooks';
import { t } from '../i18n';
import type { Channel } from '../state/channel';
import { useApp } from './context';
import { errorText } from './errors';
import { Ban } from './icons';

interface Someone {
  id: string;
  name: string;
}

/** Blocks or unblocks; what went wrong is in `error`. */
function useBlocking() {
  const { blocks, announcement } = useApp();
  const [busy, setBusy] = useState(false);
  const [error, setError] = useState<unknown>(undefined);
  const turn = async (person: Someone): Promise<void> => {
    const was = blocks.has(person.id);
    setBusy(true);
    setError(undefined);
    try {
      await (was ? blocks.unblock(person) : blocks.block(person));
      announcement.value = t(was ? 'unblockedNow' : 'blockedNow', { name: person.name });
    } catch (failure) {
      setError(failure);
    } finally {
      setBusy(false);
    }
  };
  return { blocks, busy, error, turn };
}

export function BlockButton({ person }: { person: Someone }) {
  const { announcement } = useApp();
  const { blocks, busy, error, turn } = useBlocking();
  const blocked = blocks.has(person.id);
  useEffect(() => {
    if (error !== undefined) announcement.value = errorText(error);
  }, [announcement, error]);
  const label = t(blocked ? 'unblock' : 'block', { name: person.name });
  return (
    <button
      type="button"
      class={`icon${error === undefined ? '' : ' failed'}`}
      aria-pressed={blocked}
      aria-label={label}
      title={error === undefined ? label : errorText(error)}
      disabled={busy}
      onClick={() => void turn(person)}
    >
      <Ban size={16} strokeWidth={1.5} />
    </button>
  );
}

/** In a conversation with somebody one has blocked nothing arrives; here is why. */
export function BlockedBar({ channel }: { channel: Channel }) {
  const { blocks, busy, error, turn } = useBlocking();
  if (!channel.peer || !blocks.has(channel.peer)) return null;
  const name = channel.title.value;
  return (
    <div class="banner blocked" role="status">
      <Ban size={16} strokeWidth={1.5} aria-hidden="true" />
      <span>{error === undefined ? t('blockedHere', { name }) : errorText(error)}</span>
      <button
        type="button"
        class="link"
        disabled={busy}
        onClick={() => void turn({ id: channel.peer!, name })}
      >
        {t('unblockShort')}
      </button>
    </div>
  );
}

export function BlockedPeople() {
  const { blocks, busy, error, turn } = useBlocking();
  useEffect(() => void blocks.look(), [blocks]);
  return (
    <section class="setting">
      <h3 id="blocked-people">{t('blockedPeople')}</h3>
      {blocks.people.value.length === 0 && <p class="setting-hint">{t('blockedNobody')}</p>}
      <ul class="own-sessions" aria-labelledby="blocked-people">
        {blocks.people.value.map((person) => (
          <li key={person.id}>
            <span class="person">{person.name}</span>
            <button
              type="button"
              class="secondary"
              aria-label={t('unblock', { name: person.name })}
              disabled={busy}
              onClick={() => void turn(person)}
            >
              {t('unblockShort')}
            </button>
          </li>
        ))}
      </ul>
      {error !== undefined && (
        <p class="form-error" role="alert">
          {errorText(error)}
        </p>
      )}
    </section>
  );
}
