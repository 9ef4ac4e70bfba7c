// SPDX-License-Identifier: Apache-2.0
// Something an admin does: what it is called, what it asks for, how it is done, and the line of
// parleyctl that does the same.

import { signal } from '@preact/signals';
import type { Step } from '../api';

export type Values = Record<string, string>;

/** What can be chosen, and what it is called where that is another word. */
export type Choice = string | Readonly<{ value: string; label: string }>;

export interface Field {
  name: string;
  label: string;
  hint?: string;
  /** A flag is '1' or ''. */
  kind?: 'text' | 'number' | 'password' | 'choice' | 'several' | 'flag' | 'file';
  choices?: readonly Choice[];
  /** Offered while one types; anything else may be written too. */
  suggestions?: readonly string[];
  /** Of a number: the least and the most. */
  range?: readonly [number, number];
  value?: string;
  required?: boolean;
  /** Asked for only then. */
  when?: (values: Values) => boolean;
}

/** What came of it. `secret` is shown this once. */
export interface Outcome {
  text?: string;
  secret?: string;
}

export interface Action {
  title: string;
  text?: string;
  fields?: readonly Field[];
  /** What the button says. */
  verb: string;
  danger?: boolean;
  /** Closes by itself when it worked and there is nothing to read. */
  run: (values: Values, heard: (step: Step) => void, file?: File) => Promise<Outcome | void>;
  ctl: (values: Values) => string;
  done?: () => void;
}

export const action = signal<Action | undefined>(undefined);

export function act(what: Action): void {
  action.value = what;
}

/** A flag of parleyctl with its value; nothing without one. */
export function flag(name: string, value: string | undefined): string {
  return value ? ` --${name} ${quoted(value)}` : '';
}

/** A word for a shell: quoted when it has to be. */
export function quoted(word: string): string {
  return /^[\w@%+=:,./-]+$/.test(word) ? word : `'${word.replaceAll("'", `'\\''`)}'`;
}
