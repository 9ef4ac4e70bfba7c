// SPDX-License-Identifier: Apache-2.0
import { describe, expect, it } from 'vitest';
import {
  append,
  confirm,
  drawn,
  insertMessage,
  kDrawn,
  moved,
  prepend,
  reconcile,
  revised,
  rows,
  trim,
  type Entry,
  type EventEntry,
  type MessageEntry,
} from './timeline';

const ada = { id: 'u_ada', name: 'Ada', kind: 'user' };
const neo = { id: 'g_neo', name: 'Neo', kind: 'guest' };

function message(values: Partial<MessageEntry> & { key: string }): MessageEntry {
  return {
    kind: 'message',
    ts: 1_760_000_000_000,
    author: ada,
    text: values.key,
    markdown: false,
    only: false,
    deleted: false,
    buttons: [],
    status: 'sent',
    ...values,
  };
}
const stored = (offset: number, more: Partial<MessageEntry> = {}): MessageEntry =>
  message({ key: `m${offset}`, offset, ...more });
const event = (key: string): EventEntry => ({ kind: 'event', key, ts: 0, event: 'earthquake' });
const keys = (entries: readonly Entry[]): string[] => entries.map((entry) => entry.key);

describe('the order of a channel', () => {
  it('shows nothing twice', () => {
    const list = insertMessage([stored(1), stored(2)], stored(2, { text: 'edited' }));
    expect(keys(list)).toEqual(['m1', 'm2']);
    expect((list[1] as MessageEntry).text).toBe('edited');
  });

  it('puts a late message where its offset belongs', () => {
    expect(keys(insertMessage([stored(1), event('e'), stored(3)], stored(2)))).toEqual([
      'm1',
      'e',
      'm2',
      'm3',
    ]);
  });

  it('keeps what is being sent below what arrives, and what failed where it failed', () => {
    const waiting = message({ key: 'w', status: 'pending' });
    const failed = message({ key: 'f', status: 'failed' });
    expect(keys(insertMessage([stored(1), waiting], stored(2)))).toEqual(['m1', 'm2', 'w']);
    expect(keys(insertMessage([stored(1), failed], stored(2)))).toEqual(['m1', 'f', 'm2']);
    expect(keys(append([stored(1), waiting], event('e')))).toEqual(['m1', 'e', 'w']);
  });

  it('confirms a message in place and lets its pushed copy replace it under the same key', () => {
    const sent = confirm([stored(1), message({ key: 'w', status: 'pending' })], 'w', 2);
    expect(sent[1]).toMatchObject({ key: 'w', offset: 2, status: 'sent' });
    expect(keys(insertMessage(sent, stored(2)))).toEqual(['m1', 'w']);
  });

  it('forgets the pending one when its copy came before the confirmation', () => {
    // Its copy came first, and reads otherwise: one row, the one that was there.
    const copy = stored(2, { text: 'as a filter left it' });
    const both = confirm([copy, message({ key: 'w', status: 'pending' })], 'w', 2);
    expect(both).toEqual([{ ...copy, key: 'w' }]);
  });

  it('recognises its own message in the gap after a reconnect', () => {
    const mine = (author: { id: string }): boolean => author.id === neo.id;
    const waiting = message({ key: 'w', text: 'hi', status: 'pending', author: neo });
    const arrived = stored(5, { text: 'hi', author: neo });
    expect(keys(reconcile([stored(1), waiting], arrived, mine))).toEqual(['m1', 'w']);
    // Somebody else saying the same is somebody else.
    expect(keys(reconcile([stored(1), waiting], stored(5, { text: 'hi' }), mine))).toEqual([
      'm1',
      'm5',
      'w',
    ]);
  });

  it('puts older pages in front, without what it has', () => {
    expect(keys(prepend([stored(3), event('e')], [stored(1), stored(2), stored(3)]))).toEqual([
      'm1',
      'm2',
      'm3',
      'e',
    ]);
  });

  it('keeps the newest when it trims', () => {
    expect(keys(trim([stored(1), stored(2), stored(3)], 2))).toEqual(['m2', 'm3']);
  });
});

describe('rows', () => {
  const minute = 60_000;
  const start = new Date(2025, 5, 1, 12).getTime();

  it('groups one author within five minutes, within a day', () => {
    const list = rows(
      [
        stored(1, { ts: start }),
        stored(2, { ts: start + minute }),
        stored(3, { ts: start + 7 * minute }),
        stored(4, { ts: start + 8 * minute, author: neo }),
        stored(5, { ts: start + 24 * 60 * minute, author: neo }),
      ],
      undefined,
    );
    expect(list.map((row) => row.grouped)).toEqual([false, true, false, false, false]);
    expect(list.map((row) => row.day)).toEqual([true, false, false, false, true]);
  });

  it('marks the first unread one only', () => {
    const list = rows([stored(1), stored(2), stored(3)], 1);
    expect(list.map((row) => row.fresh)).toEqual([false, true, false]);
  });
});

describe('the window that is drawn', () => {
  const many = (count: number) => Array.from({ length: count }, (_, at) => stored(at + 1));

  it('is all there is, or the newest of it', () => {
    expect(drawn(many(10), undefined)).toEqual([0, 10]);
    expect(drawn(many(1000), undefined)).toEqual([1000 - kDrawn, 1000]);
  });

  it('stays where it is while more is said, and where older ones come in front', () => {
    const [start, end] = drawn(many(1000), 'm600');
    expect([start, end]).toEqual([600 - kDrawn, 600]);
    expect(drawn(many(1001), 'm600')).toEqual([start, end]);
    const older = many(1000).slice(50);
    expect(drawn(older, 'm600')).toEqual([start - 50, end - 50]);
  });

  it('shows the end when its last one is gone', () => {
    expect(drawn(many(300), 'm999')).toEqual([300 - kDrawn, 300]);
  });

  it('walks from one end to the other and no further, every step seeing some of the one before', () => {
    const all = many(1000);
    const seen = new Set<number>();
    let last: string | undefined;
    for (const by of [-1, 1] as const) {
      for (let range = drawn(all, last); ; ) {
        for (let at = range[0]; at < range[1]; at += 1) seen.add(at);
        const next = moved(all, range, by);
        if (!next) break;
        last = next;
        const [from, to] = drawn(all, last);
        expect(Math.min(to, range[1]) - Math.max(from, range[0])).toBeGreaterThan(kDrawn / 2);
        range = [from, to];
      }
      expect(drawn(all, last)[by < 0 ? 0 : 1]).toBe(by < 0 ? 0 : 1000);
      expect(seen.size).toBe(1000);
    }
  });

  it('knows what stands above it', () => {
    const all = many(1000).map((entry) => ({ ...entry, ts: 1_700_000_000_000 }));
    const [first] = rows(all, 700, 500, 740);
    expect(first).toMatchObject({ day: false, grouped: true });
    expect(rows(all, 700, 500, 740).map((row) => row.fresh).indexOf(true)).toBe(200);
    expect(rows(all, 100, 500, 740).some((row) => row.fresh)).toBe(false);
  });
});

describe('a message that was changed', () => {
  const card = { kind: 'note' };
  const said = stored(3, { text: 'teh words', replyTo: 1, card });

  it('reads as it was rewritten and is still the same message', () => {
    expect(revised(said, { offset: 3, text: 'the words', by: ada })).toEqual({
      ...said,
      text: 'the words',
      edited: true,
    });
  });

  it('names who changed it where that was somebody else, and only the last of them', () => {
    const byNeo = revised(said, { offset: 3, text: 'no words', by: neo });
    expect(byNeo.changedBy).toBe('Neo');
    expect(revised(byNeo, { offset: 3, text: 'my words', by: ada }).changedBy).toBeUndefined();
  });

  it('keeps nothing of what was taken away, and does not come back', () => {
    const gone = revised(said, { offset: 3, by: neo });
    expect(gone).toMatchObject({ deleted: true, text: '', buttons: [], changedBy: 'Neo' });
    expect(gone.card).toBeUndefined();
    expect(revised(gone, { offset: 3, text: 'again', by: ada })).toBe(gone);
  });
});
