// SPDX-License-Identifier: Apache-2.0
// A socket, a clock and a server's half of the conversation, for tests of programs that use the client.

import type { Environment, News, Socket } from './platform.js';
import type { ClientFrame, Data, Frame } from './protocol.js';

export class FakeSocket implements Socket {
  readyState = 0;
  onopen: Socket['onopen'] = null;
  onmessage: Socket['onmessage'] = null;
  onclose: Socket['onclose'] = null;
  onerror: Socket['onerror'] = null;
  readonly sent: ClientFrame[] = [];

  send(text: string): void {
    this.sent.push(JSON.parse(text) as ClientFrame);
  }
  close(): void {
    this.readyState = 3;
  }

  accept(): void {
    this.readyState = 1;
    this.onopen?.({});
  }
  drop(code = 1006, reason = ''): void {
    this.readyState = 3;
    this.onclose?.({ code, reason });
  }
  push(frame: Frame): void {
    this.onmessage?.({ data: JSON.stringify(frame) });
  }
  pushRaw(data: unknown): void {
    this.onmessage?.({ data });
  }
  get last(): ClientFrame {
    return this.sent[this.sent.length - 1]!;
  }
  find(action: string): ClientFrame {
    const found = [...this.sent].reverse().find((frame) => frame.action === action);
    if (!found) throw new Error(`no ${action} was sent`);
    return found;
  }
  reply(to: ClientFrame, type: string, data: Data = {}): void {
    this.push({ type, id: to.id!, data });
  }
  welcome(name = 'Neo', more: Data = {}): void {
    const user = { id: 'g_1', name, kind: 'guest', roles: [] };
    const data = { v: 1, session: 's_1', user, resumed: false, channels: {}, ...more };
    this.reply(
      [...this.sent]
        .reverse()
        .find((frame) => ['auth', 'login', 'register', 'resume'].includes(frame.action))!,
      'welcome',
      data,
    );
  }
}

export class FakeEnvironment implements Environment {
  time = 1_000_000;
  chance = 0.5;
  readonly sockets: FakeSocket[] = [];
  readonly urls: string[] = [];
  /** What the network says; undefined once nobody listens. */
  news: ((news: News) => void) | undefined;
  private made = 0;
  private timers: { at: number; run: () => void }[] = [];

  unique = (): string => `k${++this.made}`;
  watch = (tell: (news: News) => void): (() => void) => {
    this.news = tell;
    return () => (this.news = undefined);
  };
  connect(url: string): Socket {
    this.urls.push(url);
    const socket = new FakeSocket();
    this.sockets.push(socket);
    return socket;
  }
  get socket(): FakeSocket {
    return this.sockets[this.sockets.length - 1]!;
  }
  now = (): number => this.time;
  random = (): number => this.chance;
  setTimer = (run: () => void, ms: number): unknown => {
    const timer = { at: this.time + ms, run };
    this.timers.push(timer);
    return timer;
  };
  clearTimer = (timer: unknown): void => {
    this.timers = this.timers.filter((item) => item !== timer);
  };
  /** Lets time pass, running what falls due, in order. */
  pass(ms: number): void {
    const end = this.time + ms;
    for (;;) {
      const due = this.timers.filter((timer) => timer.at <= end).sort((a, b) => a.at - b.at)[0];
      if (!due) break;
      this.clearTimer(due);
      this.time = Math.max(this.time, due.at);
      due.run();
    }
    this.time = end;
  }
}

/** Lets promise callbacks run. */
export const settle = async (): Promise<void> => {
  for (let turn = 0; turn < 10; turn += 1) await Promise.resolve();
};
