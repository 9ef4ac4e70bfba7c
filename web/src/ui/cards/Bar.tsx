// SPDX-License-Identifier: Apache-2.0
import { formatNumber } from '../../i18n';

/** A share with its numbers; the colour turns when little is left, the numbers always say it too. */
export function Bar({
  name,
  value,
  max,
  tone,
}: Readonly<{
  name: string;
  value: number;
  max: number | undefined;
  tone: 'hp' | 'mana';
}>) {
  const top = max && max > 0 ? max : Math.max(value, 1);
  const share = Math.max(0, Math.min(1, value / top));
  const low = tone === 'hp' && share <= 0.3;
  return (
    <div class={`bar ${tone}${low ? ' low' : ''}`}>
      <span class="bar-name">{name}</span>
      <span class="bar-numbers">
        {formatNumber(value)}
        {max !== undefined && ` / ${formatNumber(max)}`}
      </span>
      <div
        class="bar-track"
        role="meter"
        aria-label={name}
        aria-valuenow={value}
        aria-valuemin={0}
        aria-valuemax={top}
      >
        <i style={{ width: `${share * 100}%` }} />
      </div>
    </div>
  );
}
