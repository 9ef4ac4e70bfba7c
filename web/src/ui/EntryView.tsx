// SPDX-License-Identifier: Apache-2.0
// One entry of the stream, by kind.

import { memo } from './memo';
import type { Channel } from '../state/channel';
import type { Entry, EventEntry } from '../state/timeline';
import { formatTime, t } from '../i18n';
import { locale } from '../state/preferences';
import { CommandView } from './CommandView';
import { TriangleAlert } from './icons';
import { Message } from './Message';
import { ReplyCard } from './cards/ReplyCard';

export const EntryView = memo(function EntryView({
  channel,
  entry,
  grouped,
}: {
  channel: Channel;
  entry: Entry;
  grouped: boolean;
}) {
  void locale.value; // dates below follow the language
  switch (entry.kind) {
    case 'message':
      return <Message channel={channel} message={entry} grouped={grouped} />;
    case 'command':
      return <CommandView channel={channel} entry={entry} />;
    case 'event':
      return <WorldEvent entry={entry} />;
    case 'note':
      return (
        <div class="row note">
          <div class="row-body">{entry.text}</div>
        </div>
      );
    case 'reply':
      return (
        <div class="row bare">
          <div class="row-body">
            <ReplyCard channel={channel} frame={entry.frame} known={entry.known} />
          </div>
        </div>
      );
  }
});

function WorldEvent({ entry }: { entry: EventEntry }) {
  return (
    <div class="world-event">
      <TriangleAlert size={16} strokeWidth={1.5} aria-hidden="true" />
      <p>
        <strong>{eventName(entry.event)}</strong> {entry.text}
      </p>
      <time>{formatTime(entry.ts)}</time>
    </div>
  );
}

/** Those the game module sends have names here; else `earthQuake` and `earth_quake` read as words. */
function eventName(event: string): string {
  if (event.toLowerCase() === 'earthquake') return t('eventEarthquake');
  if (event === 'creatureReturned') return t('eventReturned');
  const words = event
    .replace(/([a-z])([A-Z])/g, '$1 $2')
    .replace(/[_.-]+/g, ' ')
    .trim();
  return words.charAt(0).toLocaleUpperCase() + words.slice(1).toLowerCase();
}
