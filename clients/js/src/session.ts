// SPDX-License-Identifier: Apache-2.0
// Who we are on the connection: signs in, comes back to the same session after every loss, and sees to it
// that each frame addressed to the session is handed on once and in order.

import { Connection, type ConnectionState } from './connection.js';
import {
  credentialFrame,
  lasting,
  resumeFrame,
  withTicket,
  type ClientInfo,
  type Credential,
} from './credential.js';
import { CommandError, ConnectionLost, closeError } from './errors.js';
import type { Environment } from './platform.js';
import type { ClientFrame, Data, Frame, RequestId, ResumePoint, Welcome } from './protocol.js';
import { Requests } from './requests.js';
import { Sequence } from './sequence.js';

export type SessionState = 'signedOut' | 'signingIn' | 'ready';

export interface RequestOptions {
  /** The same key never runs the same command twice, however often it is sent. */
  key?: string;
  /** Frames on the way, such as the words of an answer as they are found. */
  onProgress?: (frame: Frame) => void;
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
   * Asked when `expired` is no longer taken: calls `attempt` with what to try instead, or with undefined
   * if there is nothing. Where it ends without having called it, it is asked again. It
   * may hold a lock until it settles, because a refresh token that two tabs use ends the log-in.
   */
  renew: (
    expired: string,
    attempt: (next: Credential | undefined) => Promise<void>,
  ) => Promise<void> = (_, attempt) => attempt(undefined);

  /**
   * The way back to the session, which every welcome replaces. Set it before signIn to come back after
   * the page was loaded again; a server that does not know it any more lets the credential try.
   */
  point: ResumePoint | undefined;

  /** The language the server is to answer in, told with every sign-in. */
  locale: () => string = () => 'en';
  /** The last offset seen of each channel, told with every resume. */
  positions: () => Record<string, number> = () => ({});

  readonly connection: Connection;
  private state_: SessionState = 'signedOut';
  private credential: Credential | undefined;
  /** The person waits for this sign-in; a later, automatic one has no one to tell. */
  private entering: { resolve(welcome: Welcome): void; reject(error: Error): void } | undefined;
  /** Who we still are while another sign-in is tried from inside: a wrong password costs nothing. */
  private fallback: Credential | undefined;
  private restoring = false;
  private wasReady = false;
  private readonly requests = new Requests();
  /** After a ticket in the address the welcome answers no request. */
  private awaitsWelcome: ((frame: Frame) => void) | undefined;
  private readonly sequence = new Sequence();
  private syncId: number | undefined;
  /** Commands that ran on while the connection was lost. */
  private running: readonly RequestId[] = [];

  constructor(
    private readonly env: Environment,
    private readonly url: string,
    private readonly info: ClientInfo,
  ) {
    this.connection = new Connection(env);
    this.connection.address = () => this.address();
    this.connection.onState = (state) => this.connectionChanged(state);
    this.connection.onFrame = (frame) => this.receive(frame);
  }

  get state(): SessionState {
    return this.state_;
  }

  /**
   * Resolves with the first welcome; rejects with the reason and stays signed out otherwise. `restored`:
   * nobody typed this, the page was loaded again; a guest whose name is still held then comes in under
   * the one that is offered.
   */
  signIn(credential: Credential, restored = false): Promise<Welcome> {
    this.restoring = restored;
    this.entering?.reject(new ConnectionLost());
    this.fallback = this.state_ === 'ready' ? this.credential : undefined;
    this.credential = credential;
    return new Promise((resolve, reject) => {
      this.entering = { resolve, reject };
      this.setState('signingIn');
      // A ticket stands in the address: it needs a socket of its own.
      if (credential.kind === 'ticket') this.connection.close();
      if (this.connection.state.kind === 'open') void this.authenticate();
      else this.connection.open();
    });
  }

  /** Leaves, whatever the server says to it: nothing of us stays behind on this side. */
  async signOut(): Promise<void> {
    if (this.state_ === 'ready') await this.request('logout').catch(() => undefined);
    this.forget();
  }

  /** Ends here; the server keeps the session for whoever comes back with `point`. */
  close(): void {
    const { point } = this;
    this.forget();
    this.point = point;
  }

  /** One command, one terminal frame. Rejects with CommandError or ConnectionLost. */
  request(action: string, data: Data = {}, options: RequestOptions = {}): Promise<Frame> {
    const frame: ClientFrame = { action, id: this.requests.newId(), data };
    if (options.key !== undefined) frame.key = options.key;
    if (this.state_ !== 'ready') return Promise.reject(new ConnectionLost());
    return this.dispatch(frame, options.onProgress);
  }

  /** For volatile things such as typing: no answer wanted, nothing lost if it is lost. */
  notify(action: string, data: Data): void {
    if (this.state_ === 'ready') this.connection.send({ action, data });
  }

  private dispatch(frame: ClientFrame, onProgress?: (frame: Frame) => void): Promise<Frame> {
    return new Promise((resolve, reject) => {
      if (this.connection.send(frame)) this.requests.open(frame, { resolve, reject, onProgress });
      else reject(new ConnectionLost());
    });
  }

  private address(): string | Promise<string> {
    const { credential, url } = this;
    if (credential?.kind !== 'ticket' || this.comesBack()) return url;
    const ticket = credential.ticket();
    if (typeof ticket === 'string') return withTicket(url, ticket);
    return ticket.then((one) => withTicket(url, one));
  }

  /** What a person has just typed is another session; everything else continues the one there is. */
  private comesBack(): boolean {
    return this.point !== undefined && (!this.entering || this.restoring);
  }

  private connectionChanged(state: ConnectionState): void {
    if (state.kind === 'open') {
      if (this.credential) void this.authenticate();
    } else if (state.kind !== 'connecting') {
      this.disconnected();
      if (state.kind === 'refused') this.refused(state.code, state.reason);
      // A person who is at the door hears of it at once; who was inside waits for the reconnect.
      else if (state.kind === 'waiting' && this.entering) this.giveUp(new ConnectionLost());
    }
    this.onConnection(state);
  }

  private disconnected(): void {
    this.awaitsWelcome = undefined;
    this.syncId = undefined;
    // Answers that wait for a server which remembers nothing of us will not come.
    if (this.point && this.credential) this.requests.hold();
    else this.requests.failAll();
    if (this.state_ === 'ready') this.setState('signingIn');
  }

  private authenticate(): Promise<void> {
    const credential = this.credential!;
    const back = this.comesBack();
    const id = this.requests.newId();
    const client: Data = { ...this.info, locale: this.locale() };
    const frame = back
      ? resumeFrame(this.point!, this.positions(), id, client)
      : credentialFrame(credential, id, client);
    const timer = this.env.setTimer(() => this.connection.restart(), kWelcomeMs);
    return new Promise((done) => {
      const settled = (run: () => Promise<void> | void): void => {
        this.env.clearTimer(timer);
        void Promise.resolve(run()).then(done);
      };
      // At once, not a turn later: the frames behind a welcome count on it.
      const resolve = (reply: Frame): void => settled(() => this.welcomed(credential, reply, back));
      const reject = (error: Error): void =>
        settled(() =>
          back ? this.notResumed(credential, error) : this.notWelcome(credential, error),
        );
      if (!frame) this.awaitsWelcome = resolve;
      else if (this.connection.send(frame)) this.requests.open(frame, { resolve, reject });
      else reject(new ConnectionLost());
    });
  }

  /** The session is gone, or the server knows of none: we come in as whoever we are. */
  private notResumed(used: Credential, error: Error): Promise<void> | void {
    if (!(error instanceof CommandError) || used !== this.credential) return;
    // Too many wrong ones from our address, and ours is one: the right one gets in all the same.
    const wrong = error.code === 'rate_limited';
    if (error.data.retry && !wrong) {
      this.connection.restart();
      return;
    }
    this.point = undefined;
    // The socket was opened without the ticket that is needed now.
    if (used.kind === 'ticket') this.connection.restart();
    else return this.authenticate();
  }

  private welcomed(credential: Credential, frame: Frame, back: boolean): void {
    if (this.credential !== credential) return;
    const welcome = frame.data as unknown as Welcome;
    this.credential = lasting(credential, welcome);
    this.requests.avoid(welcome.pending ?? []);
    this.continueFrom(welcome, back);
    this.connection.settled(welcome.pingMs);
    const again = this.wasReady && !this.entering;
    this.wasReady = true;
    this.fallback = undefined;
    this.setState('ready');
    this.onWelcome(welcome, again);
    const entering = this.entering;
    this.entering = undefined;
    entering?.resolve(welcome);
    this.settleReplays();
  }

  /** A refreshed token goes on as it was; a resumed session goes on from the last frame we have. */
  private continueFrom(welcome: Welcome, back: boolean): void {
    const { session, resume, resumed, seq, replayed } = welcome;
    if (!resumed) this.sequence.start(seq ?? 0, 0);
    else if (back) this.sequence.start(this.point!.seq, replayed ?? 0);
    this.running = welcome.pending ?? [];
    if (!resumed) this.requests.failHeld();
    if (resume) this.point = { session, resume, seq: this.sequence.last };
    else if (!resumed) this.point = undefined;
  }

  private settleReplays(): void {
    if (!this.sequence.replayed) return;
    for (const frame of this.requests.unsent(this.running)) this.connection.send(frame);
  }

  private notWelcome(used: Credential, error: Error): void {
    if (!(error instanceof CommandError)) return; // a lost connection comes back by itself
    if (used !== this.credential) return;
    if (error.code === 'token_expired' && used.kind === 'token') this.renewNow(used.token, error);
    else this.shutOut(error);
  }

  /** Without `error` the token is still good for a moment: if there is no other, nothing happens yet. */
  private renewNow(expired: string, error?: CommandError): void {
    let tried = false;
    const attempt = (next: Credential | undefined): Promise<void> => {
      tried = true;
      if (next) {
        this.credential = next;
        return this.refresh();
      }
      if (error) this.shutOut(error);
      return Promise.resolve();
    };
    const over = (): void => {
      // Nobody said anything: the next connection asks again.
      if (!tried && error && this.credential) this.connection.restart();
    };
    this.renew(expired, attempt).then(over, over);
  }

  /** On the socket as it is: a new token of the same user changes nothing else. */
  private refresh(): Promise<void> {
    const { point } = this;
    this.point = undefined;
    const done = this.authenticate();
    this.point = point;
    return done;
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

  private refused(code: number, reason?: string): void {
    if (this.entering) this.giveUp(closeError(code, reason));
    else if (code === 4502 && this.wasReady && this.credential?.kind === 'token') {
      this.wasReady = false; // once: a token that expires while it is used is no reason to stop
      this.connection.retryNow();
    } else if (code === 4500 || code === 4502 || code === 4503) {
      this.forget();
      this.onRejected(closeError(code, reason));
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
    this.point = undefined;
    this.wasReady = false;
    this.requests.failAll();
    this.setState('signedOut');
    if (this.connection.state.kind !== 'idle') this.connection.close();
  }

  private receive(frame: Frame): void {
    if (this.awaitsWelcome && frame.type === 'welcome' && frame.id === undefined) {
      const welcomed = this.awaitsWelcome;
      this.awaitsWelcome = undefined;
      welcomed(frame);
      return;
    }
    const replaying = !this.sequence.replayed;
    if (typeof frame.seq === 'number' && !this.isNext(frame)) return;
    this.hand(frame);
    if (replaying) this.settleReplays();
  }

  private hand(frame: Frame): void {
    const { credential } = this;
    if (frame.type === 'expiring' && credential?.kind === 'token') this.renewNow(credential.token);
    // An answer that nobody waits for belongs to a page that is gone.
    else if (!this.requests.take(frame) && frame.id === undefined) this.onPush(frame);
  }

  /** False for a frame that came before, and for one before which others are missing. */
  private isNext(frame: Frame): boolean {
    const place = this.sequence.take(frame.seq!);
    if (place === 'early') {
      if (frame.id !== undefined && frame.id === this.syncId) return true;
      this.fetchMissed();
    }
    if (place !== 'next') return false;
    if (this.point) this.point.seq = this.sequence.last;
    const due = this.sequence.due();
    if (due !== undefined) this.connection.send({ action: 'ack', data: { seq: due } });
    return true;
  }

  /** The server sends everything after the last frame we have again, this one included. */
  private fetchMissed(): void {
    if (this.syncId !== undefined) return;
    const id = this.requests.newId();
    this.syncId = id;
    const over = (): void => {
      if (this.syncId === id) this.syncId = undefined;
    };
    this.dispatch({ action: 'sync', id, data: { seq: this.sequence.last } }).then(
      over,
      (error: Error) => {
        over();
        // They are not kept any more: a resume says what is left.
        if (error instanceof CommandError) this.connection.restart();
      },
    );
  }

  private setState(state: SessionState): void {
    if (state === this.state_) return;
    this.state_ = state;
    this.onState(state);
  }
}
