// SPDX-License-Identifier: Apache-2.0
// The frame that every card shares, and the card for data nobody described to us.

import type { LucideIcon } from 'lucide-preact';
import type { ComponentChildren } from 'preact';
import type { Data, Json } from '@parley/client';
import { formatNumber, t } from '../../i18n';
import { object, text } from '../../state/messages';
import { Box } from '../icons';

export function Card({
  icon: IconOf,
  title,
  tone,
  children,
}: {
  icon: LucideIcon;
  title: string;
  tone?: string;
  children?: ComponentChildren;
}) {
  return (
    <section class={`card${tone ? ` ${tone}` : ''}`}>
      <h2>
        <IconOf size={16} strokeWidth={1.5} aria-hidden="true" />
        <span>{title}</span>
      </h2>
      {children}
    </section>
  );
}

export function Fields({ pairs }: { pairs: [string, ComponentChildren][] }) {
  if (pairs.length === 0) return null;
  return (
    <dl class="fields">
      {pairs.map(([name, value]) => (
        <div key={name}>
          <dt>{name}</dt>
          <dd>{value}</dd>
        </div>
      ))}
    </dl>
  );
}

/** `maxHp` and `max_hp` read as "Max hp". */
export function label(name: string): string {
  const words = name
    .replace(/([a-z0-9])([A-Z])/g, '$1 $2')
    .replace(/[_.-]+/g, ' ')
    .trim();
  return words.charAt(0).toLocaleUpperCase() + words.slice(1).toLowerCase();
}

export function display(value: Json | undefined): string {
  if (value === null || value === undefined) return '–';
  if (typeof value === 'boolean') return t(value ? 'yes' : 'no');
  if (typeof value === 'number') return formatNumber(value);
  if (typeof value === 'string') return value;
  if (Array.isArray(value)) return value.map(display).join(', ') || '–';
  const named = text(value['name']) ?? text(value['label']);
  return (
    named ??
    Object.entries(value)
      .map(([key, item]) => `${label(key)} ${display(item)}`)
      .join(', ')
  );
}

export function pairsOf(data: Data, skip: readonly string[] = []): [string, string][] {
  return Object.entries(data)
    .filter(([key]) => !skip.includes(key))
    .map(([key, value]) => [label(key), display(value)]);
}

/** `card` of a rich message: {kind, title, fields}. */
export function CardView({ card }: { card: Data }) {
  const title = text(card['title']) ?? label(text(card['kind']) ?? '');
  return (
    <Card icon={Box} title={title}>
      {text(card['text']) && <p>{text(card['text'])}</p>}
      <Fields pairs={cardFields(card)} />
    </Card>
  );
}

function cardFields(card: Data): [string, string][] {
  const fields = card['fields'];
  if (Array.isArray(fields)) {
    return fields.flatMap((item): [string, string][] => {
      const field = object(item);
      const name = text(field?.['name']) ?? text(field?.['label']) ?? text(field?.['title']);
      return field && name ? [[name, display(field['value'])]] : [];
    });
  }
  const named = object(fields);
  return named ? pairsOf(named) : pairsOf(card, ['kind', 'title', 'text']);
}
