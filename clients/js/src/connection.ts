// SPDX-License-Identifier: Apache-2.0
// One logical connection over many sockets: opens, notices death, comes back with full jitter.
// Knows frames, not sessions: who we are and what was missed is session.ts.

import { backoffMs, mayReconnect } from './backoff.js';
import type { Environment, Socket } from './platform.js';
import { parseFrame, type ClientFrame, type Frame } from './protocol.js';

export type ConnectionState =
  | { kind: 'idle' }
  | { kind: 'connecting'; attempt: number }
  | { kind: 'open' }
  /** `retryAt` is on the clock of `now()`. */
  | { kind: 'waiting'; attempt: number; retryAt: number; code: number }
  /** The server said not to come back by ourselves (see mayReconnect). */
  | { kind: 'refused'; code: number; reason?: string };

export interface ConnectionLimits {
  /** A socket that has not opened by then is given up. */
  connectMs: number;
  /** Silence after which a ping asks whether the server is still there; the server names it in welcome. */
  pingMs: number;
  /** And how long its answer may take. */
  pongMs: number;
  /** The same after the network came back or the machine slept, when a person waits. */
  wakeMs: number;
}

export const kDefaultLimits: ConnectionLimits = {
  connectMs: 10_000,
  pingMs: 25_000,
  pongMs: 10_000,
  wakeMs: 3000,
};

const kOpen = 1;

export class Connection {
  onState: (state: ConnectionState) => void = () => {};
  onFrame: (frame: Frame) => void = () => {};

  /** Where to connect; asked for every socket, because an address may carry a ticket that works once. */
  address: () => string | Promise<string> = () => '';

  private state_: ConnectionState = { kind: 'idle' };
  private socket: Socket | undefined;
  private timer: unknown;
  private liveness: unknown;
  private attempt = 0;
  /** Set by a `reconnect` frame: the first try comes after this spread, not after a back-off. */
  private drainAfterMs: number | undefined;

  constructor(
    private readonly env: Environment,
    private readonly limits: ConnectionLimits = { ...kDefaultLimits },
  ) {}

  get state(): ConnectionState {
    return this.state_;
  }

  open(): void {
    if (this.state_.kind === 'open' || this.state_.kind === 'connecting') return;
    this.attempt = 0;
    this.connect();
  }

  /** Skips the countdown, or tries again after a refusal. */
  retryNow(): void {
    if (this.state_.kind === 'waiting' || this.state_.kind === 'refused') this.connect();
  }

  /** The network or the person is back: no countdown, and no trust in a socket that was asleep. */
  wake(): void {
    if (this.state_.kind === 'waiting') this.connect();
    else if (this.state_.kind === 'open') this.ask(this.limits.wakeMs);
  }

  /** The network says it is gone. It may be wrong, and the server on this very machine. */
  doubt(): void {
    if (this.state_.kind === 'open') this.ask(this.limits.wakeMs);
  }

  /** Ends the connection for good; open() starts anew. */
  close(): void {
    this.drop();
    this.setState({ kind: 'idle' });
  }

  /** Cuts the socket as if the network had, and comes back. */
  restart(): void {
    if (this.state_.kind === 'idle') return;
    this.lost(1006);
  }

  /** The session is ready: the next loss starts its back-off from the base again. */
  settled(pingMs?: number): void {
    this.attempt = 0;
    if (pingMs && pingMs > 0) this.limits.pingMs = pingMs;
  }

  /** False when there is no open socket; nothing is queued here. */
  send(frame: ClientFrame): boolean {
    if (this.state_.kind !== 'open' || this.socket?.readyState !== kOpen) return false;
    this.socket.send(JSON.stringify(frame));
    return true;
  }

  private connect(): void {
    this.drop();
    this.setState({ kind: 'connecting', attempt: this.attempt });
    this.timer = this.env.setTimer(() => this.lost(1006), this.limits.connectMs);
    try {
      const address = this.address();
      if (typeof address === 'string') this.connectTo(address);
      else this.connectLater(address);
    } catch {
      this.lost(1006);
    }
  }

  private connectLater(address: Promise<string>): void {
    const { timer } = this;
    const current = (): boolean => timer === this.timer && this.state_.kind === 'connecting';
    address.then(
      (url) => current() && this.connectTo(url),
      () => current() && this.lost(1006),
    );
  }

  private connectTo(url: string): void {
    let socket: Socket;
    try {
      socket = this.env.connect(url);
    } catch {
      this.lost(1006);
      return;
    }
    this.socket = socket;
    socket.onopen = () => {
      if (socket !== this.socket) return;
      this.env.clearTimer(this.timer);
      this.setState({ kind: 'open' });
      this.watch();
    };
    socket.onmessage = (event: { data: unknown }) => {
      if (socket === this.socket) this.receive(event.data);
    };
    socket.onclose = (event: { code: number; reason?: string }) => {
      if (socket === this.socket) this.lost(event.code, event.reason);
    };
    // A close follows it, and says more. `ws` ends the process where nobody listens.
    socket.onerror = () => {};
  }

  private receive(data: unknown): void {
    this.watch();
    if (typeof data !== 'string') return;
    const frame = parseFrame(data);
    if (!frame || frame.type === 'pong') return;
    if (frame.type === 'reconnect') {
      const after = frame.data?.['afterMs'];
      this.drainAfterMs = typeof after === 'number' && after >= 0 ? after : 0;
    }
    this.onFrame(frame);
  }

  /** Any frame is life. A browser cannot see the server's WebSocket pings, so it asks with its own. */
  private watch(): void {
    this.env.clearTimer(this.liveness);
    this.liveness = this.env.setTimer(() => this.ask(this.limits.pongMs), this.limits.pingMs);
  }

  private ask(patienceMs: number): void {
    this.env.clearTimer(this.liveness);
    this.send({ action: 'ping', data: { t: this.env.now() } });
    this.liveness = this.env.setTimer(() => this.lost(1006), patienceMs);
  }

  private lost(code: number, reason?: unknown): void {
    this.drop();
    if (!mayReconnect(code)) {
      // Text in a browser, bytes with older versions of `ws`.
      const said = reason ? { reason: String(reason) } : {};
      this.setState({ kind: 'refused', code, ...said });
      return;
    }
    const delay = this.drainAfterMs ?? backoffMs(this.attempt, this.env.random);
    this.drainAfterMs = undefined;
    this.attempt += 1;
    // Before anybody hears of it: whoever does may close for good.
    this.timer = this.env.setTimer(() => this.connect(), delay);
    this.setState({
      kind: 'waiting',
      attempt: this.attempt,
      retryAt: this.env.now() + delay,
      code,
    });
  }

  private drop(): void {
    this.env.clearTimer(this.timer);
    this.env.clearTimer(this.liveness);
    const socket = this.socket;
    this.socket = undefined;
    if (!socket) return;
    socket.onopen = socket.onmessage = socket.onclose = null;
    socket.onerror = () => {};
    // A socket that is still connecting logs an error when it is closed; there is no gentler way.
    if (socket.readyState <= kOpen) socket.close();
  }

  private setState(state: ConnectionState): void {
    this.state_ = state;
    this.onState(state);
  }
}
