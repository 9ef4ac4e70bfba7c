// SPDX-License-Identifier: Apache-2.0
// Initials in a hue made from the user's id, so that a person keeps a colour when the name changes.

import { Bot } from './icons';

export function hueOf(id: string): number {
  // FNV-1a, then the golden angle: ids that differ in one letter end far apart on the circle.
  let hash = 0x811c9dc5;
  for (const char of id) hash = Math.imul(hash ^ char.codePointAt(0)!, 0x01000193) >>> 0;
  return Math.round((hash * 137.508) % 360);
}

export function initials(name: string): string {
  const words = name
    .trim()
    .split(/[\s_.-]+/)
    .filter(Boolean);
  const letters = words.length > 1 ? [words[0]!, words[words.length - 1]!] : [words[0] ?? '?'];
  return letters.map((word) => [...word][0]!.toLocaleUpperCase()).join('');
}

export function Avatar({
  id,
  name,
  kind,
  small,
}: Readonly<{
  id: string;
  name: string;
  kind: string;
  small?: boolean;
}>) {
  const shape = `avatar${small ? ' small' : ''}`;
  if (kind === 'bot') {
    return (
      <span class={`${shape} bot`} aria-hidden="true">
        <Bot size={small ? 14 : 18} strokeWidth={1.5} />
      </span>
    );
  }
  // Drawn by the style sheet: to anybody who listens, the letters are no part of a name.
  return (
    <span
      class={shape}
      style={{ '--hue': String(hueOf(id)) }}
      data-initials={initials(name)}
      aria-hidden="true"
    />
  );
}
