// SPDX-License-Identifier: Apache-2.0
// "@" and a few letters before the caret: whom it may mean, and the line with the name in it.

import type { Member } from '@parley/client';

/** As many as one looks through. */
const kMost = 8;

/** Those here whose name goes on as it was typed, in order of name; never oneself. */
export function mentioned(
  beforeCaret: string,
  members: readonly Member[],
  isSelf: (id: string) => boolean,
): Member[] {
  const typed = /(?:^|[\s(])@(\S*)$/.exec(beforeCaret)?.[1]?.toLocaleLowerCase();
  if (typed === undefined) return [];
  return members
    .filter(({ id, name }) => !isSelf(id) && name.toLocaleLowerCase().startsWith(typed))
    .sort((a, b) => a.name.localeCompare(b.name))
    .slice(0, kMost);
}

/** The line with the name in place of what was typed of it, and where the caret stands then. */
export function completeMention(
  line: string,
  caret: number,
  name: string,
): { text: string; caret: number } {
  // A function, so that a name with a $ in it stays as it is.
  const before = line.slice(0, caret).replace(/@\S*$/, () => `@${name} `);
  return { text: before + line.slice(caret).replace(/^ /, ''), caret: before.length };
}

/** Whether `text` has this name with an @, which is what the server counts as a mention. */
export function called(text: string, name: string): boolean {
  return text.includes('@') && named(text, name, '@');
}

/** Whether `text` calls somebody by this name: as a word of its own, whatever its letters' case. */
export function mentions(text: string, name: string): boolean {
  return named(text, name, '');
}

function named(text: string, name: string, sign: string): boolean {
  if (!name) return false;
  const literal = sign + name.replace(/[.*+?^${}()|[\]\\/]/g, '\\$&');
  const word = `(^|[^\\p{L}\\p{N}_])${literal}($|[^\\p{L}\\p{N}_])`;
  return new RegExp(word, 'iu').test(text);
}
