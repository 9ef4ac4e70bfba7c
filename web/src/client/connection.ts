// SPDX-License-Identifier: Apache-2.0
// One logical connection over many sockets: opens, notices death, comes back with full jitter.
// Knows frames, not sessions: who we are and what was missed is session.ts.

import { backoffMs, mayReconnect } from './backoff';
import { parseFrame, type ClientFrame, type Frame } from './protocol';

export type ConnectionState =
  | { kind: 'idle' }
  | { kind: 'connecting'; attempt: number }
  | { kind: 'open' }
  /** `retryAt` is on the clock of `now()`. */
  | { kind: 'waiting'; attempt: number; retryAt: number; code: number }
  /** The server said not to come back by ourselves (see mayReconnect). */
  | { kind: 'refused'; code: number };

/** The part of WebSocket that is used; tests hand in their own. */
export interface Socket {
  readonly readyState: number;
  onopen: ((event: never) => void) | null;
  onmessage: ((event: { data: unknown }) => void) | null;
  onclose: ((event: { code: number }) => void) | null;
  onerror: ((event: never) => void) | null;
  send(text: string): void;
  close(code?: number): void;
}

export interface Environment {
  connect(): Socket;
  now(): number;
  random(): number;
  setTimer(run: () => void, ms: number): unknown;
  clearTimer(timer: unknown): void;
}

export interface ConnectionLimits {
  /** A socket that has not opened by then is given up. */
  connectMs: number;
  /** Silence after which a ping asks whether the server is still there; the server names it in welcome. */
  pingMs: number;
  /** And how long its answer may take. */
  pongMs: number;
}

export const kDefaultLimits: ConnectionLimits = {
  connectMs: 10_000,
  pingMs: 25_000,
  pongMs: 10_000,
};

const kOpen = 1;

export class Connection {
  onState: (state: ConnectionState) => void = () => {};
  onFrame: (frame: Frame) => void = () => {};

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
    let socket: Socket;
    try {
      socket = this.env.connect();
    } catch {
      this.lost(1006);
      return;
    }
    this.socket = socket;
    this.timer = this.env.setTimer(() => this.lost(1006), this.limits.connectMs);
    socket.onopen = () => {
      if (socket !== this.socket) return;
      this.env.clearTimer(this.timer);
      this.setState({ kind: 'open' });
      this.watch();
    };
    socket.onmessage = (event) => {
      if (socket === this.socket) this.receive(event.data);
    };
    socket.onclose = (event) => {
      if (socket === this.socket) this.lost(event.code);
    };
    socket.onerror = null;
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
    this.liveness = this.env.setTimer(() => {
      this.send({ action: 'ping', data: { t: this.env.now() } });
      this.liveness = this.env.setTimer(() => this.lost(1006), this.limits.pongMs);
    }, this.limits.pingMs);
  }

  private lost(code: number): void {
    this.drop();
    if (!mayReconnect(code)) {
      this.setState({ kind: 'refused', code });
      return;
    }
    const delay = this.drainAfterMs ?? backoffMs(this.attempt, this.env.random);
    this.drainAfterMs = undefined;
    this.attempt += 1;
    this.setState({
      kind: 'waiting',
      attempt: this.attempt,
      retryAt: this.env.now() + delay,
      code,
    });
    this.timer = this.env.setTimer(() => this.connect(), delay);
  }

  private drop(): void {
    this.env.clearTimer(this.timer);
    this.env.clearTimer(this.liveness);
    const socket = this.socket;
    this.socket = undefined;
    if (!socket) return;
    socket.onopen = socket.onmessage = socket.onclose = null;
    // A socket that is still connecting logs an error when it is closed; there is no gentler way.
    if (socket.readyState <= kOpen) socket.close();
  }

  private setState(state: ConnectionState): void {
    this.state_ = state;
    this.onState(state);
  }
}
