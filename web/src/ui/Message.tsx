// SPDX-License-Identifier: Apache-2.0
import { CircleAlert, CornerUpLeft, Eye } from './icons';
import { useState } from 'preact/hooks';
import { formatMoment, formatTime, t } from '../i18n';
import type { Channel } from '../state/channel';
import { plain } from '../state/plain';
import { messageAt, type MessageEntry } from '../state/timeline';
import { pieces, type Piece } from '../text/links';
import { Avatar } from './Avatar';
import { Buttons } from './Buttons';
import { CardView } from './cards/Card';
import { useApp } from './context';
import { goToPerson } from './shortcuts';
import { refusalText } from './errors';
import { Markdown } from './Markdown';
import { nameOf } from './person';
import { RowTools } from './Revision';
import { called } from '../state/mention';
import { isReachable } from '../state/messages';
import { useLongPress } from './long_press';

/** A quoted message is one line. */
const kQuoteLength = 120;

export function Message({
  channel,
  message,
  grouped,
}: {
  channel: Channel;
  message: MessageEntry;
  grouped: boolean;
}) {
  const app = useApp();
  const { author, status } = message;
  const mine = app.isSelf(author.id);
  const bot = author.kind === 'bot';
  // As the server counts it.
  const calls = !mine && !message.deleted && called(message.text, app.self.value?.name ?? '');
  const tools = app.revising.mayAnswer(message) || app.revising.mayRemove(message);
  // Most messages are only ever read: what can be done with one is drawn once somebody turns to it.
  const [met, setMet] = useState(false);
  const meet = (): void => setMet(true);
  const press = useLongPress();
  const taken = isTaken(channel, message) ? ' rewritten' : '';
  return (
    <article
      class={`row ${status}${grouped ? ' grouped' : ''}${bot ? ' bot' : ''}${taken}${calls ? ' calls-me' : ''}`}
      tabIndex={-1}
      onPointerEnter={meet}
      onFocusIn={meet}
      {...(tools ? press : {})}
    >
      {tools && met && <RowTools channel={channel} message={message} />}
      {grouped ? <Clock ts={message.ts} /> : <Face message={message} mine={mine} />}
      <div class="row-body">
        {!grouped && (
          <header class="row-head">
            <strong>{nameOf(author)}</strong>
            {mine && <span class="badge you">{t('you')}</span>}
            {bot && <span class="badge bot">{t('bot')}</span>}
            {!mine && author.kind === 'guest' && <span class="badge">{t('guest')}</span>}
            {message.via && <span class="badge">{t('via', { name: message.via })}</span>}
            <Clock ts={message.ts} />
            {message.only && <OnlyYou />}
          </header>
        )}
        <div class="text-box">
          {message.replyTo !== undefined && <Quote channel={channel} offset={message.replyTo} />}
          <Text message={message} />
          {message.card && <CardView card={message.card} />}
          <Buttons channel={channel} buttons={message.buttons} />
        </div>
        <Delivery channel={channel} message={message} />
      </div>
    </article>
  );
}

/** The composer holds it, to be rewritten or to be answered. */
function isTaken(channel: Channel, { offset }: MessageEntry): boolean {
  if (offset === undefined) return false;
  return offset === (channel.editing.value ?? channel.answering.value)?.offset;
}

function Face({ message, mine }: { message: MessageEntry; mine: boolean }) {
  const app = useApp();
  const { author } = message;
  const face = <Avatar id={author.id} name={author.name} kind={author.kind} />;
  if (mine || !isReachable(author)) return face;
  return (
    <button
      type="button"
      class="face"
      aria-label={t('messagePerson', { name: author.name })}
      onClick={() => goToPerson(app, author)}
    >
      {face}
    </button>
  );
}

export function Clock({ ts }: { ts: number }) {
  return (
    <time class="clock" dateTime={new Date(ts).toISOString()} title={formatMoment(ts)}>
      {formatTime(ts)}
    </time>
  );
}

export function OnlyYou() {
  return (
    <span class="only-you">
      <Eye size={14} strokeWidth={1.5} aria-hidden="true" />
      <span>{t('onlyYou')}</span>
    </span>
  );
}

export function Text({
  message,
}: {
  message: Pick<MessageEntry, 'text' | 'markdown' | 'deleted' | 'edited' | 'changedBy'>;
}) {
  const { changedBy } = message;
  if (message.deleted) {
    const said = changedBy ? t('deletedBy', { name: changedBy }) : t('deleted');
    return <p class="text deleted">{said}</p>;
  }
  if (!message.text) return null;
  const mark = message.edited && (
    <span class="edited">{changedBy ? t('editedBy', { name: changedBy }) : t('edited')}</span>
  );
  if (message.markdown) {
    return (
      <>
        <Markdown source={message.text} />
        {mark}
      </>
    );
  }
  return (
    <p class="text" dir="auto">
      {pieces(message.text).map(drawPiece)}
      {mark && <> {mark}</>}
    </p>
  );
}

function drawPiece({ text, as, href, inner }: Piece) {
  if (href)
    return (
      <a href={href} target="_blank" rel="noopener noreferrer nofollow">
        {text}
      </a>
    );
  if (as === 'strong') return <strong>{inner!.map(drawPiece)}</strong>;
  if (as === 'code') return <code>{text}</code>;
  if (as === 'block') return <code class="block">{text}</code>;
  return text;
}

/** What a message answers, as it reads now; a press goes there. */
function Quote({ channel, offset }: { channel: Channel; offset: number }) {
  const answered = messageAt(channel.entries.value, offset);
  return (
    <button
      type="button"
      class="reply-to"
      dir="auto"
      title={t('goToAnswered')}
      onClick={() => (channel.wanted.value = offset)}
    >
      <CornerUpLeft size={14} strokeWidth={1.5} aria-hidden="true" />
      <span class="sr-only">{t('inReplyTo')} </span>
      {answered ? (
        <span>
          <strong>{nameOf(answered.author)}</strong>{' '}
          {answered.deleted ? t('deleted') : plain(answered.text, kQuoteLength)}
        </span>
      ) : (
        <span>{t('replyToOlder')}</span>
      )}
    </button>
  );
}

function Delivery({ channel, message }: { channel: Channel; message: MessageEntry }) {
  const app = useApp();
  if (message.status === 'queued' && !app.ready.value) return <p class="delivery">{t('queued')}</p>;
  if (message.status !== 'failed') return null;
  const lost = message.error?.code === 'not_confirmed';
  const reason = message.error ? refusalText(message.error, message.known) : '';
  return (
    <p class="delivery failed" role="alert">
      <span class="why">
        <CircleAlert size={15} strokeWidth={1.5} aria-hidden="true" />
        <span>
          {reason && !lost ? `${t('notSent')}: ${reason}` : reason || t('notSent')}
        </span>
      </span>
      <button type="button" class="link" onClick={() => app.outgoing.retry(channel, message.key)}>
        {t('tryAgain')}
      </button>
      <button type="button" class="link" onClick={() => app.outgoing.discard(channel, message.key)}>
        {t('delete')}
      </button>
    </p>
  );
}
