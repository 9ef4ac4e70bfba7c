// SPDX-License-Identifier: Apache-2.0
// The world the client lives in: sockets, a clock, chance, and news of the network. A browser has all of
// it, React Native most, Node before 22 needs a WebSocket to be handed in; tests play it by hand.

/** The part of WebSocket that is used. */
export interface Socket {
  readonly readyState: number;
  // The events of browsers, React Native and `ws` are different types with the same fields.
  /* eslint-disable @typescript-eslint/no-explicit-any */
  onopen: ((event: any) => void) | null;
  onmessage: ((event: any) => void) | null;
  onclose: ((event: any) => void) | null;
  onerror: ((event: any) => void) | null;
  /* eslint-enable @typescript-eslint/no-explicit-any */
  send(text: string): void;
  close(code?: number): void;
}

export type SocketConstructor = new (url: string) => Socket;

/** `wake`: the network is back, or the person is: what is known of the connection may be old. */
export type News = 'wake' | 'offline';

export interface Environment {
  connect(url: string): Socket;
  /** Milliseconds; only differences matter. */
  now(): number;
  /** In [0, 1). */
  random(): number;
  /** A name nobody else makes; for idempotency keys. */
  unique(): string;
  setTimer(run: () => void, ms: number): unknown;
  clearTimer(timer: unknown): void;
  /** Tells of the network until the returned function is called. */
  watch(tell: (news: News) => void): () => void;
}

export function defaultEnvironment(socket?: SocketConstructor): Environment {
  const Socket = socket ?? (globalThis as { WebSocket?: SocketConstructor }).WebSocket;
  if (!Socket)
    throw new Error(
      'There is no WebSocket here. Hand one in: new Client({ WebSocket }), for example from "ws".',
    );
  return {
    connect: (url) => new Socket(url),
    now: () => Date.now(),
    random: () => Math.random(),
    unique,
    setTimer: (run, ms) => setTimeout(run, ms),
    clearTimer: (timer) => clearTimeout(timer as ReturnType<typeof setTimeout> | undefined),
    watch,
  };
}

/** Beside the page, where there is one. */
export function defaultUrl(): string {
  const { location } = globalThis as { location?: { protocol: string; host: string } };
  if (!location?.host)
    throw new Error("Where is the server? new Client({ url: 'wss://chat.example.org/ws' })");
  return `${location.protocol === 'https:' ? 'wss' : 'ws'}://${location.host}/ws`;
}

/** 128 bits; `crypto.randomUUID` is missing in pages that came without TLS. */
function unique(): string {
  const bytes = new Uint8Array(16);
  const { crypto } = globalThis as { crypto?: Crypto };
  if (crypto) crypto.getRandomValues(bytes);
  else for (let at = 0; at < bytes.length; at += 1) bytes[at] = Math.random() * 256;
  return [...bytes].map((byte) => byte.toString(16).padStart(2, '0')).join('');
}

/** News of the network and of the person, as far as a page hears them. */
export function watch(tell: (news: News) => void): () => void {
  if (typeof window === 'undefined' || !window.addEventListener) return () => {};
  const online = (): void => tell('wake');
  const offline = (): void => tell('offline');
  const seen = (): void => {
    if (!document.hidden) tell('wake');
  };
  window.addEventListener('online', online);
  window.addEventListener('offline', offline);
  document.addEventListener('visibilitychange', seen);
  return () => {
    window.removeEventListener('online', online);
    window.removeEventListener('offline', offline);
    document.removeEventListener('visibilitychange', seen);
  };
}
