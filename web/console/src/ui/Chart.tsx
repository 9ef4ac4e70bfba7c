// SPDX-License-Identifier: Apache-2.0
// A figure over the last minutes: its value now, a line, and what the line's top stands for.

import { t } from '../i18n';

const kWidth = 240;
const kHeight = 64;
const kPad = 2;

export function pointsOf(values: readonly number[], most: number, room: number): string {
  const across = kWidth / Math.max(1, room - 1);
  const start = kWidth - (values.length - 1) * across;
  return values
    .map((value, index) => {
      const x = start + index * across;
      const y = kHeight - kPad - (value / most) * (kHeight - 2 * kPad);
      return `${x.toFixed(1)},${y.toFixed(1)}`;
    })
    .join(' ');
}

export function Chart({
  title,
  values,
  room,
  show,
}: Readonly<{
  title: string;
  values: readonly number[];
  /** How many values fill the width. */
  room: number;
  show: (value: number) => string;
}>) {
  const now = values.at(-1);
  const highest = Math.max(0, ...values);
  const line = pointsOf(values, highest || 1, room);
  return (
    <figure class="chart">
      <figcaption>
        <span class="muted">{title}</span>
        <strong>{now === undefined ? '–' : show(now)}</strong>
      </figcaption>
      <svg
        viewBox={`0 0 ${kWidth} ${kHeight}`}
        preserveAspectRatio="none"
        role="img"
        aria-label={
          now === undefined ? title : t('chartLabel', { title, now: show(now), most: show(highest) })
        }
      >
        {values.length > 1 && <polyline points={line} />}
      </svg>
      <small class="muted">{t('atMost', { value: show(highest) })}</small>
    </figure>
  );
}
