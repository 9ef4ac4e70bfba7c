// SPDX-License-Identifier: Apache-2.0
// What people type, as pieces: addresses, and the three marks everybody knows from elsewhere: `code`, a
// block between ``` and **strong**. Everything else stays as it was typed: 2*3*4 and __init__ mean
// themselves. Only https and mailto ever become links.

export interface Piece {
  text: string;
  href?: string;
  as?: 'strong' | 'code' | 'block';
  /** Of what is strong. */
  inner?: Piece[];
}

const kMarks = /```(?:[\w+#-]*\n)?([^]+?)```|`([^`\n]+)`|\*\*(\S|\S[^*\n]*\S)\*\*/g;
const kLink = /https:\/\/[^\s<>"'`]+|mailto:[^\s<>"'`@]+@[^\s<>"'`]+/gi;
/** Punctuation that ends a sentence, not an address. */
const kTrailing = /[.,;:!?)\]}»”]+$/;

export function safeHref(href: string): string | undefined {
  return /^(https:\/\/|mailto:)/i.test(href) ? href : undefined;
}

export function pieces(text: string): Piece[] {
  return split(text, kMarks, linked, ([whole, block, code, strong]) => {
    if (block?.trim()) return { text: block.replace(/\n$/, ''), as: 'block' };
    if (code?.trim()) return { text: code, as: 'code' };
    if (strong) return { text: strong, as: 'strong', inner: linked(strong) };
    return { text: whole };
  });
}

function linked(text: string): Piece[] {
  const plain = (between: string): Piece[] => [{ text: between }];
  return split(text, kLink, plain, ([whole]) => {
    const href = whole.replace(kTrailing, '');
    return { text: href, href };
  });
}

/** What matches becomes one piece, of as many characters as it says it took; the rest goes to `other`. */
function split(
  text: string,
  what: RegExp,
  other: (between: string) => Piece[],
  piece: (match: RegExpMatchArray) => Piece,
): Piece[] {
  const result: Piece[] = [];
  let end = 0;
  for (const match of text.matchAll(what)) {
    const made = piece(match);
    if (match.index > end) result.push(...other(text.slice(end, match.index)));
    result.push(made);
    end = match.index + (made.href ? made.text.length : match[0].length);
  }
  if (end < text.length) result.push(...other(text.slice(end)));
  return result;
}
