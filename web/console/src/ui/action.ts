// SPDX-License-Identifier: Apache-2.0
// Something an admin does: what it is called, what it asks for, how it is done, and the line of
// parleyctl that does the same.

import { signal } from '@preact/signals';
import type { Step } from '../api';

export type Values = Record<string, string>;

export interface Field {
  name: string;
  label: string;
  hint?: string;
  kind?: 'text' | 'password' | 'choice' | 'several' | 'file';
  choices?: readonly string[];
  value?: string;
  required?: boolean;
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

/** A word for a shell: quoted when it has to be. */
export function quoted(word: string): string {
  return /^[\w@%+=:,./-]+$/.test(word) ? word : `'${word.replaceAll("'", `'\\''`)}'`;
}
