// SPDX-License-Identifier: Apache-2.0
// The stream. It never jumps: at the bottom it follows, anywhere else what is being read stays where it
// is, whatever arrives above or below.

import { useEffect, useLayoutEffect, useMemo, useRef, useState } from 'preact/hooks';
import { ArrowDown } from './icons';
import { formatDay, t } from '../i18n';
import type { Channel } from '../state/channel';
import { drawn, moved, offsetOf, rows, windowAround } from '../state/timeline';
import { useApp } from './context';
import { EntryView } from './EntryView';
import { focusComposer } from './view';
import { walk } from './walk';
import { WelcomeCard } from './WelcomeCard';

/** Nearer to the end than this counts as the end. */
const kBottomPx = 48;
/** Nearer to an edge of what is drawn than this, more is drawn there, or asked for. */
const kEdgePx = 1500;

/** Where each channel was read when it was left; nothing for one that was at its end. */
const positions = new WeakMap<Channel, { anchor: Anchor; last: string | undefined }>();

interface Anchor {
  key: string;
  top: number;
}

export function MessageList({ channel }: { channel: Channel }) {
  const app = useApp();
  const scroller = useRef<HTMLDivElement>(null);
  const content = useRef<HTMLDivElement>(null);
  const anchor = useRef<Anchor | undefined>(undefined);
  const [below, setBelow] = useState(false);
  const entries = channel.entries.value;
  const divider = channel.divider.value;
  // The last one that is drawn; undefined while the end is followed.
  const [last, setLast] = useState(() => positions.get(channel)?.last);
  const range = drawn(entries, last);
  const [start, end] = range;
  const list = useMemo(() => rows(entries, divider, start, end), [entries, divider, start, end]);
  const whole = end === entries.length;

  const follow = (): void => {
    const box = scroller.current;
    if (!box) return;
    if (app.atBottom) box.scrollTop = box.scrollHeight;
    else restore(box, anchor.current);
  };

  const scrolled = (): void => {
    const box = scroller.current;
    if (!box) return; // the browser may tell of a scroll after the channel was left
    const away = box.scrollHeight - box.scrollTop - box.clientHeight;
    app.atBottom = whole && away < kBottomPx;
    setBelow(!app.atBottom);
    anchor.current = firstVisible(box, content.current!);
    remember();
    if (app.atBottom) app.markRead();
    edges();
  };

  const remember = (): void => {
    if (app.atBottom || !anchor.current) positions.delete(channel);
    else positions.set(channel, { anchor: anchor.current, last: list[list.length - 1]?.entry.key });
  };

  /** Moves the window of what is drawn along; beyond its beginning the server is asked. */
  const edges = (): void => {
    const box = scroller.current;
    if (!box) return; // an effect may come due after the channel was left
    const away = box.scrollHeight - box.scrollTop - box.clientHeight;
    if (app.atBottom) return setLast(undefined);
    // What is read stays drawn, however much is said below it.
    if (last === undefined) setLast(entries[end - 1]?.key);
    if (box.scrollTop < kEdgePx) {
      const up = moved(entries, range, -1);
      if (up) setLast(up);
      else void app.sync.loadOlder(channel);
    } else if (away < kEdgePx && !whole) {
      setLast(moved(entries, range, 1));
    }
  };

  useLayoutEffect(() => {
    const saved = positions.get(channel);
    app.atBottom = saved === undefined;
    anchor.current = saved?.anchor ?? firstVisible(scroller.current!, content.current!);
    if (saved) restore(scroller.current!, saved.anchor);
    setBelow(!app.atBottom);
  }, [app, channel]);

  useLayoutEffect(follow, [list]);
  // At the very edge nothing scrolls any more, so nobody would ask again.
  useEffect(edges, [list]);

  useEffect(() => {
    // Text that grows, a composer that grows, a keyboard that opens: all of them move the bottom.
    const observer = new ResizeObserver(follow);
    observer.observe(scroller.current!);
    observer.observe(content.current!);
    return () => observer.disconnect();
  }, [channel]);

  // A page that is not full has nothing to scroll, so it asks for what is above by itself.
  useEffect(() => {
    const box = scroller.current;
    if (box && channel.more.value && box.scrollHeight <= box.clientHeight)
      void app.sync.loadOlder(channel);
  }, [list]);

  const toBottom = (): void => {
    const box = scroller.current;
    if (!box) return;
    app.atBottom = true;
    setLast(undefined); // what is drawn then is followed to its end
    box.scrollTop = box.scrollHeight;
    app.markRead();
    setBelow(false);
  };

  const wanted = channel.wanted.value;
  const [found, setFound] = useState<number | undefined>(undefined);
  useEffect(() => {
    if (wanted !== undefined) void seek(wanted);
  }, [wanted]);

  // Whoever goes elsewhere meanwhile is not brought there at the next visit.
  useEffect(() => () => (channel.wanted.value = undefined), [channel]);

  const seek = async (offset: number): Promise<void> => {
    // Reading back: what is on the screen stays where it is, however much comes above it.
    app.atBottom = false;
    anchor.current = firstVisible(scroller.current!, content.current!);
    const here = await app.sync.loadBackTo(channel, offset);
    if (channel.wanted.value !== offset || !scroller.current) return;
    channel.wanted.value = undefined;
    if (!here) {
      scrolled(); // at the end it is followed again, and what is said now is seen
      return app.outgoing.note(channel, t('answeredAway'));
    }
    setLast(windowAround(channel.entries.value, offset));
    setFound(offset);
  };

  useLayoutEffect(() => {
    const node = content.current!.querySelector(`[data-offset="${found}"]`);
    if (!node) return;
    setFound(undefined);
    node.scrollIntoView({ block: 'center' });
    node.querySelector<HTMLElement>('.row')?.focus({ preventScroll: true });
    node.classList.add('found');
    node.addEventListener('animationend', () => node.classList.remove('found'), { once: true });
  }, [list, found]);

  const answer = (row: HTMLElement): void => {
    const key = row.closest<HTMLElement>('[data-key]')?.dataset['key'];
    const entry = entries.find((one) => one.key === key);
    if (entry?.kind !== 'message' || !app.revising.mayAnswer(entry)) return;
    app.revising.answer(channel, entry);
    focusComposer();
  };

  const unread = channel.unread.value;
  const welcomes = channel.loaded.value && !channel.isDirect;
  return (
    <div class="stream">
      <div
        class="scroller"
        ref={scroller}
        onScroll={scrolled}
        onKeyDown={(event) => walk(event, scroller.current!, answer)}
        tabIndex={0}
        role="log"
        aria-label={t('messages', { name: channel.title.value })}
      >
        <div class="entries" ref={content}>
          {start === 0 && channel.loadingOlder.value && <p class="older">{t('loadingOlder')}</p>}
          {start === 0 && channel.loaded.value && !channel.more.value && (
            <Beginning channel={channel} empty={list.length === 0} />
          )}
          {welcomes && channel.welcomeBelow === undefined && start === 0 && (
            <WelcomeCard channel={channel} />
          )}
          {list.map(({ entry, day, fresh, grouped }) => (
            <div key={entry.key} data-key={entry.key} data-offset={offsetOf(entry)}>
              {day && (
                <div class="rule day">
                  <span>{formatDay(entry.ts)}</span>
                </div>
              )}
              {fresh && (
                <div class="rule fresh">
                  <span>{t('newDivider')}</span>
                </div>
              )}
              <EntryView channel={channel} entry={entry} grouped={grouped} />
              {welcomes && entry.key === channel.welcomeBelow && <WelcomeCard channel={channel} />}
            </div>
          ))}
        </div>
      </div>
      {below && (
        <button
          type="button"
          class={`to-bottom${unread ? ' has-new' : ''}`}
          onClick={toBottom}
          aria-label={unread ? t('newMessages', { n: unread }) : t('jumpDown')}
        >
          <ArrowDown size={16} strokeWidth={1.5} aria-hidden="true" />
          {unread > 0 && <span>{t('newMessages', { n: unread })}</span>}
        </button>
      )}
    </div>
  );
}

function Beginning({ channel, empty }: { channel: Channel; empty: boolean }) {
  const key = !channel.isDirect ? 'beginning' : empty ? 'emptyDirect' : 'beginningDirect';
  return (
    <div class={`beginning${empty ? ' empty' : ''}`}>
      <p>{t(key, { name: channel.title.value })}</p>
    </div>
  );
}

function firstVisible(box: HTMLElement, content: HTMLElement): Anchor | undefined {
  const edge = box.getBoundingClientRect().top;
  for (const child of content.children) {
    const { top, bottom } = child.getBoundingClientRect();
    const key = (child as HTMLElement).dataset['key'];
    if (key && bottom > edge) return { key, top: top - edge };
  }
  return undefined;
}

function restore(box: HTMLElement, anchor: Anchor | undefined): void {
  if (!anchor) return;
  const node = box.querySelector<HTMLElement>(`[data-key="${CSS.escape(anchor.key)}"]`);
  if (!node) return;
  const top = node.getBoundingClientRect().top - box.getBoundingClientRect().top;
  if (Math.abs(top - anchor.top) > 1) box.scrollTop += top - anchor.top;
}
