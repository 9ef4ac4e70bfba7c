// SPDX-License-Identifier: Apache-2.0
// Addresses in plain text. Only https and mailto ever become links.

export interface Piece {
  text: string;
  href?: string;
}

const kLink = /https:\/\/[^\s<>"'`]+|mailto:[^\s<>"'`@]+@[^\s<>"'`]+/gi;
/** Punctuation that ends a sentence, not an address. */
const kTrailing = /[.,;:!?)\]}»”]+$/;

export function safeHref(href: string): string | undefined {
  return /^(https:\/\/|mailto:)/i.test(href) ? href : undefined;
}

export function pieces(text: string): Piece[] {
  const result: Piece[] = [];
  let end = 0;
  for (const match of text.matchAll(kLink)) {
    const href = match[0].replace(kTrailing, '');
    if (match.index > end) result.push({ text: text.slice(end, match.index) });
    result.push({ text: href, href });
    end = match.index + href.length;
  }
  if (end < text.length) result.push({ text: text.slice(end) });
  return result;
}
