// SPDX-License-Identifier: Apache-2.0
// What every page of the console is made of.

import type { ComponentChildren } from 'preact';
import { useState } from 'preact/hooks';
import type { Loaded } from '../loaded';
import { ownWords, sentence, t } from '../i18n';
import { Check, CircleAlert, Copy } from './icons';

export const kIcon = { size: 16, strokeWidth: 1.5, 'aria-hidden': true } as const;

export function PageTitle({ title, children }: Readonly<{ title: string; children?: ComponentChildren }>) {
  return (
    <header class="page-title">
      <h1>{title}</h1>
      <div class="page-tools">{children}</div>
    </header>
  );
}

/** The page's body once it is known; what went wrong above what was known before. */
export function Known<T>({
  of,
  children,
}: Readonly<{ of: Loaded<T>; children: (value: T) => ComponentChildren }>) {
  return (
    <>
      {of.error !== undefined && (
        <div class="notice danger" role="alert">
          <CircleAlert {...kIcon} />
          <div>
            <Sentence of={of.error} />
          </div>
          <button type="button" class="link" onClick={of.again}>
            {t('tryAgain')}
          </button>
        </div>
      )}
      {of.value === undefined
        ? of.error === undefined && <p class="muted loading">{t('loading')}</p>
        : children(of.value)}
    </>
  );
}

/** What went wrong, and under it what the server says of this very case, which is in English. */
export function Sentence({ of }: Readonly<{ of: unknown }>) {
  const own = ownWords(of);
  return (
    <>
      <p>{sentence(of)}</p>
      {own && (
        <p class="own-words" lang="en">
          {own}
        </p>
      )}
    </>
  );
}

/** What an input with `list={id}` offers. */
export function Suggestions({ id, words }: Readonly<{ id: string; words: readonly string[] }>) {
  return (
    <datalist id={id}>
      {words.map((word) => (
        <option key={word} value={word} />
      ))}
    </datalist>
  );
}

export type Tone = 'ok' | 'warn' | 'danger' | 'quiet';

/** A dot and a word: never the colour alone. */
export function State({ tone, children }: Readonly<{ tone: Tone; children: ComponentChildren }>) {
  return (
    <span class={`state ${tone}`}>
      <i class="state-dot" aria-hidden="true" />
      {children}
    </span>
  );
}

/** The line of parleyctl that does the same. */
export function Ctl({ line }: Readonly<{ line: string }>) {
  const [copied, setCopied] = useState(false);
  const copy = async (): Promise<void> => {
    try {
      await navigator.clipboard.writeText(line);
      setCopied(true);
      setTimeout(() => setCopied(false), 2000);
    } catch {
      // The line can be selected.
    }
  };
  return (
    <div class="ctl">
      <span class="ctl-label">{t('sameInShell')}</span>
      <code>{line}</code>
      <button type="button" class="icon" aria-label={t('copy')} onClick={() => void copy()}>
        {copied ? <Check {...kIcon} /> : <Copy {...kIcon} />}
      </button>
    </div>
  );
}

export interface Column<Row> {
  title: string;
  cell: (row: Row) => ComponentChildren;
  number?: boolean;
  mono?: boolean;
}

export function Table<Row>({
  label,
  columns,
  rows,
  keyOf,
  tools,
  empty,
}: Readonly<{
  label: string;
  columns: Column<Row>[];
  rows: readonly Row[];
  keyOf: (row: Row) => string;
  tools?: (row: Row) => ComponentChildren;
  empty: string;
}>) {
  if (rows.length === 0) return <p class="empty muted">{empty}</p>;
  return (
    <table class="grid" aria-label={label}>
      <thead>
        <tr>
          {columns.map(({ title, number }) => (
            <th key={title} scope="col" class={number ? 'number' : ''}>
              {title}
            </th>
          ))}
          {tools && (
            <th scope="col">
              <span class="sr-only">{t('actions')}</span>
            </th>
          )}
        </tr>
      </thead>
      <tbody>
        {rows.map((row) => (
          <tr key={keyOf(row)}>
            {columns.map(({ title, cell, number, mono }) => (
              <td key={title} data-label={title} class={`${number ? 'number' : ''} ${mono ? 'mono' : ''}`}>
                {cell(row)}
              </td>
            ))}
            {tools && <td class="row-tools">{tools(row)}</td>}
          </tr>
        ))}
      </tbody>
    </table>
  );
}

export function Facts({ facts }: Readonly<{ facts: readonly (readonly [string, ComponentChildren])[] }>) {
  return (
    <dl class="facts">
      {facts.map(([name, value]) => (
        <div key={name}>
          <dt>{name}</dt>
          <dd>{value}</dd>
        </div>
      ))}
    </dl>
  );
}

export function Small({
  children,
  danger,
  onClick,
}: Readonly<{ children: ComponentChildren; danger?: boolean; onClick: () => void }>) {
  return (
    <button type="button" class={danger ? 'small danger' : 'small'} onClick={onClick}>
      {children}
    </button>
  );
}
