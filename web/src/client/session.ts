// SPDX-License-Identifier: Apache-2.0
// Who we are on the connection: signs in, signs in again after every reconnect, and matches each
// command with its one terminal frame by id.

import { Connection, type ConnectionState, type Environment } from './connection';
import {
  closeError,
  credentialFrame,
  lasting,
  resumeFrame,
  type Credential,
} from './credential';
import {
  CommandError,
  ConnectionLost,
  errorOf,
  type ClientFrame,
  type Data,
  type Frame,
  type Ticket,
  type Welcome,
} from './protocol';

export type SessionState = 'signedOut' | 'signingIn' | 'ready';

export interface RequestOptions {
  onProgress?: (frame: Frame) => void;
}

interface Waiting {
  resolve(frame: Frame): void;
  reject(error: Error): void;
  onProgress?: ((frame: Frame) => void) | undefined;
}

/** How long a welcome may take before the socket is cut and tried again. */
const kWelcomeMs = 15_000;

const kFinalCodes = ['unauthorized', 'token_expired', 'token_revoked', 'forbidden', 'blocked'];

export class Session {
  onState: (state: SessionState) => void = () => {};
  onConnection: (state: ConnectionState) => void = () => {};
  /** Each time we are let in, the first and after every reconnect. */
  onWelcome: (welcome: Welcome, again: boolean) => void = () => {};
  /** Everything that answers no command of ours. */
  onPush: (frame: Frame) => void = () => {};
  /** The server did not let us back in by ourselves; the person must act. */
  onRejected: (error: CommandError) => void = () => {};

  /**
   * Asked when `expired` is no longer taken: calls `attempt` with what to try instead, or with undefined,
   * and may hold a lock until it settles, because a refresh token that two tabs use ends the log-in.
   */
  renew: (
    expired: string,
    attempt: (next: Credential | undefined) => Promise<void>,
  ) => Promise<void> = (_, attempt) => attempt(undefined);

  /**
   * The way back to the session, which every welcome replaces. Set it before signIn to come back after
   * the page was loaded again; a server that does not know it any more lets the credential try.
   */
  ticket: Ticket | undefined;

  /** The language the server is to answer in, told with every sign-in. */
  locale: () => string = () => 'en';

  readonly connection: Connection;
  private state_: SessionState = 'signedOut';
  private credential: Credential | undefined;
  /** The person waits for this sign-in; a later, automatic one has no one to tell. */
  private entering: { resolve(welcome: Welcome): void; reject(error: Error): void } | undefined;
  /** Who we still are while another sign-in is tried from inside: a wrong password costs nothing. */
  private fallback: Credential | undefined;
  private restoring = false;
  private wasReady = false;
  private nextId = 1;
  private readonly waiting = new Map<number, Waiting>();

  constructor(private readonly env: Environment) {
    this.connection = new Connection(env);
    this.connection.onState = (state) => this.connectionChanged(state);
    this.connection.onFrame = (frame) => this.receive(frame);
  }

  get state(): SessionState {
    return this.state_;
  }

  /**
   * Resolves with the first welcome; rejects with the reason and stays signed out otherwise. `restored`: nobody typed this, the page
   * was loaded again; a guest whose name is still held then comes in under the one that is offered.
   */
  signIn(credential: Credential, restored = false): Promise<Welcome> {
    this.restoring = restored;
    this.entering?.reject(new ConnectionLost());
    this.fallback = this.state_ === 'ready' ? this.credential : undefined;
    this.credential = credential;
    return new Promise((resolve, reject) => {
      this.entering = { resolve, reject };
      this.setState('signingIn');
      if (this.connection.state.kind === 'open') void this.authenticate();
      else this.connection.open();
    });
  }

  /** A new token for the next reconnect (a refreshed one). */
  replaceCredential(credential: Credential): void {
    this.credential = credential;
  }

  /** Leaves, whatever the server says to it: nothing of us stays behind on this side. */
  async signOut(): Promise<void> {
    if (this.state_ === 'ready') await this.request('logout').catch(() => undefined);
    this.forget();
  }

  /** One command, one terminal frame. Rejects with CommandError or ConnectionLost. */
  request(action: string, data: Data = {}, options: RequestOptions = {}): Promise<Frame> {
    const id = this.nextId++;
    return this.dispatch(id, { action, id, data }, options.onProgress);
  }

  /** For volatile things such as typing: no answer wanted, nothing lost if it is lost. */
  notify(action: string, data: Data): void {
    if (this.state_ === 'ready') this.connection.send({ action, data });
  }

  private dispatch(
    id: number,
    frame: ClientFrame,
    onProgress?: (frame: Frame) => void,
  ): Promise<Frame> {
    return new Promise((resolve, reject) => {
      this.waiting.set(id, { resolve, reject, onProgress });
      if (!this.connection.send(frame)) {
        this.waiting.delete(id);
        reject(new ConnectionLost());
      }
    });
  }

  private connectionChanged(state: ConnectionState): void {
    if (state.kind === 'open') {
      if (this.credential) void this.authenticate();
    } else if (state.kind !== 'connecting') {
      this.failAll();
      if (this.state_ === 'ready') this.setState('signingIn');
      if (state.kind === 'refused') this.refused(state.code);
      // A person who is at the door hears of it at once; who was inside waits for the reconnect.
      else if (state.kind === 'waiting' && this.entering) this.giveUp(new ConnectionLost());
    }
    this.onConnection(state);
  }

  private authenticate(): Promise<void> {
    const credential = this.credential!;
    const { ticket } = this;
    // What a person has just typed is another session; everything else continues the one there is.
    const again = ticket && (!this.entering || this.restoring);
    const id = this.nextId++;
    const frame = again
      ? resumeFrame(ticket, id, this.locale())
      : credentialFrame(credential, id, this.locale());
    const timer = this.env.setTimer(() => this.connection.restart(), kWelcomeMs);
    return this.dispatch(id, frame)
      .then(
        (reply) => this.welcomed(credential, reply),
        (error: Error) =>
          again ? this.notResumed(credential, error) : this.notWelcome(credential, error),
      )
      .finally(() => this.env.clearTimer(timer));
  }

  /** The session is gone, or the server knows of none: we come in as whoever we are. */
  private notResumed(used: Credential, error: Error): Promise<void> | void {
    if (!(error instanceof CommandError) || used !== this.credential) return;
    if (error.data.retry) {
      this.connection.restart();
      return;
    }
    this.ticket = undefined;
    return this.authenticate();
  }

  private welcomed(credential: Credential, frame: Frame): void {
    if (this.credential !== credential) return;
    const welcome = frame.data as unknown as Welcome;
    this.credential = lasting(credential, welcome);
    this.ticket = this.ticketFrom(welcome);
    const inFlight = (welcome.pending ?? []).filter((id): id is number => typeof id === 'number');
    this.nextId = Math.max(this.nextId, ...inFlight.map((id) => id + 1));
    this.connection.settled(welcome.pingMs);
    const again = this.wasReady && !this.entering;
    this.wasReady = true;
    this.fallback = undefined;
    this.setState('ready');
    this.onWelcome(welcome, again);
    const entering = this.entering;
    this.entering = undefined;
    entering?.resolve(welcome);
  }

  private ticketFrom({ session, resume, resumed, seq }: Welcome): Ticket | undefined {
    if (!resume) return undefined;
    const seen = resumed ? (this.ticket?.seq ?? seq ?? 0) : (seq ?? 0);
    return { session, resume, seq: seen };
  }

  private notWelcome(used: Credential, error: Error): void {
    if (!(error instanceof CommandError)) return; // a lost connection comes back by itself
    if (used !== this.credential) return;
    if (error.code === 'token_expired' && used.kind === 'token') this.renewNow(used.token, error);
    else this.shutOut(error);
  }

  /** Without `error` the token is still good for a moment: if there is no other, nothing happens yet. */
  private renewNow(expired: string, error?: CommandError): void {
    void this.renew(expired, (next) => {
      if (next) {
        this.credential = next;
        return this.authenticate();
      }
      if (error) this.shutOut(error);
      return Promise.resolve();
    });
  }

  private shutOut(error: CommandError): void {
    if (this.entering && !this.restoring) {
      this.giveUp(error);
      return;
    }
    // Our old connection may still hold the guest's name: take the one that is offered.
    const { code, suggestion } = error.data;
    if (code === 'conflict' && suggestion && this.credential?.kind === 'guest') {
      this.credential = { kind: 'guest', name: suggestion };
      void this.authenticate();
    } else if (this.entering) {
      this.giveUp(error);
    } else if (kFinalCodes.includes(code) || !error.data.retry) {
      this.forget();
      this.onRejected(error);
    } else {
      this.connection.restart();
    }
  }

  private refused(code: number): void {
    if (this.entering) this.giveUp(closeError(code));
    else if (code === 4502 && this.wasReady && this.credential?.kind === 'token') {
      this.wasReady = false; // once: a token that expires while it is used is no reason to stop
      this.connection.retryNow();
    } else if (code === 4500 || code === 4502 || code === 4503) {
      this.forget();
      this.onRejected(closeError(code));
    }
  }

  private giveUp(error: Error): void {
    const entering = this.entering;
    this.entering = undefined;
    const inside = this.fallback && this.connection.state.kind !== 'refused';
    if (inside) {
      this.credential = this.fallback;
      this.setState(this.connection.state.kind === 'open' ? 'ready' : 'signingIn');
    } else {
      this.forget();
    }
    this.fallback = undefined;
    entering?.reject(error);
  }

  private forget(): void {
    this.credential = undefined;
    this.ticket = undefined;
    this.wasReady = false;
    this.failAll();
    this.setState('signedOut');
    if (this.connection.state.kind !== 'idle') this.connection.close();
  }

  private receive(frame: Frame): void {
    if (this.ticket && typeof frame.seq === 'number') this.ticket.seq = frame.seq;
    if (frame.for !== undefined) {
      this.waiting.get(Number(frame.for))?.onProgress?.(frame);
      return;
    }
    const waiting = typeof frame.id === 'number' ? this.waiting.get(frame.id) : undefined;
    if (!waiting) {
      const { credential } = this;
      if (frame.type === 'expiring' && credential?.kind === 'token') {
        this.renewNow(credential.token);
        return;
      }
      // The answer to a command that was given up when its connection broke: nobody waits for it.
      if (frame.id === undefined) this.onPush(frame);
      return;
    }
    this.waiting.delete(frame.id as number);
    if (frame.type === 'error') waiting.reject(errorOf(frame));
    else waiting.resolve(frame);
  }

  private failAll(): void {
    const lost = [...this.waiting.values()];
    this.waiting.clear();
    for (const waiting of lost) waiting.reject(new ConnectionLost());
  }

  private setState(state: SessionState): void {
    if (state === this.state_) return;
    this.state_ = state;
    this.onState(state);
  }
}
