// SPDX-License-Identifier: Apache-2.0
// Other people's text where the browser itself shows it: titles of tabs, notifications. There it stands
// beside the browser's own words, so it may not turn their direction, break their lines or fill the screen.

// Controls, line and paragraph ends, marks that turn the direction, and what is not seen at all.
const kUnseen = /[\p{Cc}\p{Zl}\p{Zp}\u061C\u200B-\u200F\u202A-\u202E\u2060-\u2069\uFEFF]+/gu;

export function plain(text: string, length: number): string {
  const shown = [...text.replace(kUnseen, ' ').replace(/ +/g, ' ').trim()];
  return shown.length <= length ? shown.join('') : `${shown.slice(0, length - 1).join('')}…`;
}
