// SPDX-License-Identifier: Apache-2.0
// The admin API as the console asks it: one function for an answer, one for an operation whose steps
// are told as they happen.

export interface Problem {
  file: string;
  line: number;
  path: string;
  message: string;
  /** The keyword of a plugin's schema that does not hold, and what it says of which value. */
  rule?: string;
  values?: readonly string[];
}

export interface Step {
  name: string;
  ms: number;
  ok: boolean;
  detail: string;
}

/** The code of what the console itself refuses, in the reader's language. */
export const kOwn = 'own';

/** The server said no, or nothing at all (`status` 0). */
export class Refusal extends Error {
  constructor(
    readonly status: number,
    readonly code: string,
    message: string,
    readonly details: readonly Problem[] = [],
    readonly steps: readonly Step[] = [],
  ) {
    super(message);
  }
}

export type Json = Record<string, unknown>;

/** Goes with every change; the session sets it (session.ts). */
export const credentials = { csrf: '' };
/** Called when the server knows this login no more. */
export const onLoggedOut: { call: () => void } = { call: () => undefined };

interface Asked {
  method?: string;
  body?: unknown;
  /** The page looks by itself: this keeps no login alive. */
  watching?: boolean;
  lines?: boolean;
}

const kTop = '/admin/v1';

async function send(path: string, { method = 'GET', body, watching, lines }: Asked): Promise<Response> {
  const headers: Record<string, string> = { Accept: lines ? 'application/x-ndjson' : 'application/json' };
  if (body !== undefined) headers['Content-Type'] = 'application/json';
  if (method !== 'GET') headers['X-Parley-Csrf'] = credentials.csrf;
  if (watching) headers['X-Parley-Watching'] = '1';
  const request: RequestInit = { method, headers, credentials: 'same-origin', cache: 'no-store' };
  if (body !== undefined) request.body = JSON.stringify(body);
  try {
    return await fetch(kTop + path, request);
  } catch {
    throw new Refusal(0, 'unreachable', '');
  }
}

function refusal(path: string, status: number, body: Json): Refusal {
  const error = (body['error'] ?? {}) as { code?: string; message?: string };
  const code = error.code ?? 'internal';
  // A wrong password at the door or where one is asked for again ends no login.
  const atTheDoor = path === '/session' || path.startsWith('/session/');
  if (status === 401 && !atTheDoor) onLoggedOut.call();
  return new Refusal(
    status,
    code,
    error.message ?? '',
    (body['details'] ?? []) as Problem[],
    (body['steps'] ?? []) as Step[],
  );
}

async function parsed(response: Response): Promise<Json> {
  try {
    return (await response.json()) as Json;
  } catch {
    throw new Refusal(response.status, 'internal', '');
  }
}

export async function ask<T>(path: string, options: Asked = {}): Promise<T> {
  const response = await send(path, options);
  const body = await parsed(response);
  if (!response.ok) throw refusal(path, response.status, body);
  return body as T;
}

export function change<T>(path: string, body: unknown = {}, method = 'POST'): Promise<T> {
  return ask<T>(path, { method, body });
}

/** An operation on a plugin: `heard` gets each step as it ends. */
export async function operate(path: string, body: unknown, heard: (step: Step) => void): Promise<Json> {
  const response = await send(path, { method: 'POST', body, lines: true });
  if (!(response.headers.get('Content-Type') ?? '').startsWith('application/x-ndjson')) {
    const whole = await parsed(response);
    if (!response.ok) throw refusal(path, response.status, whole);
    for (const one of (whole['steps'] ?? []) as Step[]) heard(one);
    return whole;
  }
  let last: Json | undefined;
  for await (const line of linesOf(response)) {
    const value = JSON.parse(line) as Json;
    if (value['step']) heard(value['step'] as Step);
    else last = value;
  }
  if (!last) throw new Refusal(0, 'unreachable', '');
  if (last['ok'] !== true) throw refusal(path, Number(last['status']), last);
  return last;
}

async function* linesOf(response: Response): AsyncGenerator<string> {
  const reader = response.body!.getReader();
  const decoder = new TextDecoder();
  let held = '';
  try {
    for (;;) {
      const { value, done } = await reader.read();
      held += decoder.decode(value, { stream: !done });
      const lines = held.split('\n');
      held = lines.pop() ?? '';
      for (const line of lines) if (line) yield line;
      if (done) return;
    }
  } catch (error) {
    if (error instanceof SyntaxError) throw error;
    throw new Refusal(0, 'unreachable', '');
  }
}

/** One step of a path. */
export const step = (text: string): string => encodeURIComponent(text);

export function query(values: Record<string, string | number | undefined>): string {
  const all = new URLSearchParams();
  for (const [name, value] of Object.entries(values))
    if (value !== undefined && value !== '') all.set(name, String(value));
  const text = all.toString();
  return text ? `?${text}` : '';
}
