// SPDX-License-Identifier: Apache-2.0
import { describe, expect, it } from 'vitest';
import { completeMention, mentioned } from './mention';

const members = ['Neo', 'Nadia', 'Михаил', 'Self'].map((name) => ({
  id: `u_${name}`,
  name,
  kind: 'user',
}));
const names = (line: string): string[] =>
  mentioned(line, members, (id) => id === 'u_Self').map((member) => member.name);

describe('a mention', () => {
  it('offers whose name goes on as typed, in any case and script', () => {
    expect(names('@n')).toEqual(['Nadia', 'Neo']);
    expect(names('hello @NE')).toEqual(['Neo']);
    expect(names('привет (@ми')).toEqual(['Михаил']);
    expect(names('@')).toEqual(['Nadia', 'Neo', 'Михаил']);
  });

  it('offers nobody where none is meant', () => {
    for (const line of ['', 'n', 'a@n', '@Neo ', '@x', '@self'])
      expect(names(line), line).toEqual([]);
  });

  it('puts the name in as it is, and the caret behind it', () => {
    expect(completeMention('hello @n', 8, 'Neo')).toEqual({ text: 'hello @Neo ', caret: 11 });
    expect(completeMention('@', 1, 'A$& B').text).toBe('@A$& B ');
  });

  it('leaves what stands behind the caret', () => {
    expect(completeMention('ask @n about it', 6, 'Neo')).toEqual({
      text: 'ask @Neo about it',
      caret: 9,
    });
  });
});
