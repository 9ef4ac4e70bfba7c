// SPDX-License-Identifier: Apache-2.0
// A command as it was typed, and under it what it answered. Only the person who ran it sees it.

import { ChevronRight, CircleAlert } from './icons';
import { t } from '../i18n';
import type { Channel } from '../state/channel';
import type { CommandEntry } from '../state/timeline';
import { HelpCard } from './cards/HelpCard';
import { ReplyCard } from './cards/ReplyCard';
import { refusalText } from './errors';
import { Markdown } from './Markdown';
import { Clock, OnlyYou } from './Message';

export function CommandView({ channel, entry }: { channel: Channel; entry: CommandEntry }) {
  return (
    <article class={`row command ${entry.status}`} tabIndex={-1}>
      <span class="prompt" aria-hidden="true">
        <ChevronRight size={16} strokeWidth={1.5} />
      </span>
      <div class="row-body">
        <header class="row-head">
          <code class="line" dir="auto">
            {entry.line}
          </code>
          <Clock ts={entry.ts} />
          <OnlyYou />
        </header>
        <Outcome channel={channel} entry={entry} />
      </div>
    </article>
  );
}

function Outcome({ channel, entry }: { channel: Channel; entry: CommandEntry }) {
  if (entry.reply?.type === 'botMessage' && entry.action === 'help')
    return <HelpCard channel={channel} line={entry.line} frame={entry.reply} />;
  if (entry.reply) return <ReplyCard channel={channel} frame={entry.reply} />;
  if (entry.error) return <Refusal error={entry.error} known={entry.known} />;
  if (entry.progress)
    return (
      <div class="answer growing">
        <Markdown source={entry.progress} />
      </div>
    );
  return (
    <p class="running" aria-label={t('running')}>
      <i />
      <i />
      <i />
    </p>
  );
}

function Refusal({
  error,
  known,
}: {
  error: NonNullable<CommandEntry['error']>;
  known: CommandEntry['known'];
}) {
  return (
    <p class="refusal" role="alert">
      <CircleAlert size={16} strokeWidth={1.5} aria-hidden="true" />
      <span>{refusalText(error, known)}</span>
    </p>
  );
}
