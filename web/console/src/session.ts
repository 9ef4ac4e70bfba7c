// SPDX-License-Identifier: Apache-2.0
// Who is logged in to the console in this browser.

import { signal } from '@preact/signals';
import { ask, change, credentials, onLoggedOut } from './api';

export interface Admin {
  id: string;
  name: string;
}

interface SessionAnswer {
  user: Admin | null;
  csrf?: string;
}

/** undefined: not known yet. */
export const admin = signal<Admin | null | undefined>(undefined);
/** Why the login form is there, when it comes back by itself. */
export const ended = signal(false);
export const unreachable = signal(false);

onLoggedOut.call = () => {
  if (admin.value) ended.value = true;
  admin.value = null;
};

function take(answer: SessionAnswer): void {
  credentials.csrf = answer.csrf ?? '';
  admin.value = answer.user;
}

export async function look(): Promise<void> {
  try {
    take(await ask<SessionAnswer>('/session', { watching: true }));
    unreachable.value = false;
  } catch {
    unreachable.value = true;
  }
}

export async function logIn(name: string, password: string): Promise<void> {
  take(await change<SessionAnswer>('/session', { name, password }));
  ended.value = false;
}

/** With the one-time code of a new server; then as usual. */
export async function becomeFirst(code: string, name: string, password: string): Promise<void> {
  await change('/admin/redeem', { code, name, password });
  await logIn(name, password);
}

export async function logOut(): Promise<void> {
  await change('/session/end').catch(() => undefined);
  ended.value = false;
  admin.value = null;
}

export async function confirmPassword(password: string): Promise<void> {
  await change('/session/confirm', { password });
}
