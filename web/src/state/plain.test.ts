// SPDX-License-Identifier: Apache-2.0
import { describe, expect, it } from 'vitest';
import { mentions } from './mention';
import { plain } from './plain';

describe('what the browser shows beside its own words', () => {
  it('stays on one line and in its direction', () => {
    expect(plain('one\n\ntwo\tthree', 60)).toBe('one two three');
    expect(plain('\u202Eevil\u2066 \u200B\u0007name', 60)).toBe('evil name');
  });

  it('is cut between letters, never inside one', () => {
    expect(plain('\u{1F469}'.repeat(10), 4)).toBe('\u{1F469}\u{1F469}\u{1F469}…');
    expect(plain('four', 4)).toBe('four');
  });

  it('keeps other scripts and markup as they were typed', () => {
    for (const text of ['Привет, שלום, 你好', '<img src=x onerror=alert(1)>'])
      expect(plain(text, 60)).toBe(text);
  });
});

describe('a mention', () => {
  it('is the name as a word, whatever its case', () => {
    for (const text of ['Neo', 'hi @neo!', 'neo: come', 'Где Neo?', '(NEO)'])
      expect(mentions(text, 'Neo'), text).toBe(true);
    for (const text of ['neon', 'Leoneo', 'neo_2', 'неo', '']) expect(mentions(text, 'Neo'), text).toBe(false);
  });

  it('takes a name literally', () => {
    expect(mentions('ask A.B-C now', 'A.B-C')).toBe(true);
    expect(mentions('ask AxB-C now', 'A.B-C')).toBe(false);
    expect(mentions('anything', '')).toBe(false);
    expect(mentions('Ёлка тут', 'ёлка')).toBe(true);
  });
});
