// SPDX-License-Identifier: Apache-2.0
// Rewriting and taking away what was said: the tools at a message, the bar over the composer, the question.

import { useState } from 'preact/hooks';
import { t } from '../i18n';
import type { Channel } from '../state/channel';
import { plain } from '../state/plain';
import { messageAt, type MessageEntry } from '../state/timeline';
import { useApp } from './context';
import { errorText } from './errors';
import { CornerUpLeft, Pencil, Trash2, X } from './icons';
import { nameOf } from './person';
import { askToRemove, dialog, focusComposer, removal } from './view';

/** So much of a message says which one is meant. */
const kQuoteLength = 160;

/** Shown while the pointer or the keyboard is at the message. */
export function RowTools({ channel, message }: { channel: Channel; message: MessageEntry }) {
  const { revising } = useApp();
  // Whoever says no to the question finds the keyboard where it was.
  const asked = dialog.value === 'removal' && removal.value?.message.key === message.key;
  return (
    <div class={`row-tools${asked ? ' asked' : ''}`} role="group" aria-label={t('messageTools')}>
      {revising.mayAnswer(message) && (
        <button
          type="button"
          class="icon"
          aria-label={t('answer')}
          title={t('answer')}
          onClick={() => {
            revising.answer(channel, message);
            focusComposer();
          }}
        >
          <CornerUpLeft size={16} strokeWidth={1.5} />
        </button>
      )}
      {revising.mayEdit(message) && (
        <button
          type="button"
          class="icon"
          aria-label={t('edit')}
          title={t('edit')}
          onClick={() => {
            revising.begin(channel, message);
            focusComposer();
          }}
        >
          <Pencil size={16} strokeWidth={1.5} />
        </button>
      )}
      {revising.mayRemove(message) && (
        <button
          type="button"
          class="icon"
          aria-label={t('delete')}
          title={t('delete')}
          onClick={() => askToRemove(channel, message)}
        >
          <Trash2 size={16} strokeWidth={1.5} />
        </button>
      )}
    </div>
  );
}

/** Over the composer while what stands in it answers a message. */
export function AnsweringBar({ channel }: { channel: Channel }) {
  const answering = channel.answering.value;
  if (!answering || channel.editing.value) return null;
  const now = messageAt(channel.entries.value, answering.offset) ?? answering;
  return (
    <div class="editing answering">
      <CornerUpLeft size={16} strokeWidth={1.5} aria-hidden="true" />
      <div class="editing-what">
        <p>
          <strong>{t('answering', { name: nameOf(answering.author) })}</strong>
          <span class="only-wide muted"> {t('answeringHint')}</span>
        </p>
        <p class="answering-text muted" dir="auto">
          {plain(now.text, kQuoteLength)}
        </p>
      </div>
      <button
        type="button"
        class="icon"
        aria-label={t('cancelAnswer')}
        onClick={() => {
          channel.answering.value = undefined;
          focusComposer();
        }}
      >
        <X size={18} strokeWidth={1.5} />
      </button>
    </div>
  );
}

/** Over the composer while it holds a message that was said. */
export function EditingBar({ channel }: { channel: Channel }) {
  const app = useApp();
  const editing = channel.editing.value;
  if (!editing) return null;
  const mine = editing.author === app.self.value?.name;
  return (
    <div class="editing">
      <Pencil size={16} strokeWidth={1.5} aria-hidden="true" />
      <div class="editing-what">
        <p>
          <strong>{mine ? t('editing') : t('editingOf', { name: editing.author })}</strong>
          <span class="only-wide muted"> {t('editingHint')}</span>
        </p>
        {editing.error !== undefined && (
          <p class="form-error" role="alert">
            {errorText(editing.error)}
          </p>
        )}
      </div>
      <button
        type="button"
        class="icon"
        aria-label={t('cancelEditing')}
        onClick={() => {
          app.revising.cancel(channel);
          focusComposer();
        }}
      >
        <X size={18} strokeWidth={1.5} />
      </button>
    </div>
  );
}

export function RemovalBody({ channel, message }: { channel: Channel; message: MessageEntry }) {
  const app = useApp();
  const [busy, setBusy] = useState(false);
  const [error, setError] = useState<unknown>(undefined);
  const mine = app.isSelf(message.author.id);
  const close = (): void => {
    dialog.value = undefined;
  };
  const remove = async (): Promise<void> => {
    setBusy(true);
    setError(undefined);
    try {
      await app.revising.remove(channel, message);
      close();
      // After the window has gone: what it was opened from goes as well.
      requestAnimationFrame(focusComposer);
    } catch (failure) {
      setError(failure);
      setBusy(false);
    }
  };
  return (
    <div class="settings">
      <p>{mine ? t('deleteQuestion') : t('deleteQuestionOf', { name: message.author.name })}</p>
      <blockquote class="quote" dir="auto">
        {plain(message.text, kQuoteLength)}
      </blockquote>
      {error !== undefined && (
        <p class="form-error" role="alert">
          {errorText(error)}
        </p>
      )}
      <div class="setting-actions">
        <button
          type="button"
          class="secondary danger"
          autofocus
          disabled={busy}
          onClick={() => void remove()}
        >
          {t('delete')}
        </button>
        <button type="button" class="secondary" onClick={close}>
          {t('cancel')}
        </button>
      </div>
    </div>
  );
}
