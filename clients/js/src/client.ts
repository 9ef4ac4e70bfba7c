// SPDX-License-Identifier: Apache-2.0
// Parley from a program: one object that stays connected, stays the same person, and loses nothing.

import type { Commands } from './commands.js';
import type { ConnectionState } from './connection.js';
import type { Credential } from './credential.js';
import { Emitter } from './events.js';
import { Outbox, type Sending, type SendingOptions } from './outbox.js';
import {
  defaultEnvironment,
  defaultUrl,
  type Environment,
  type SocketConstructor,
} from './platform.js';
import type { Data, Frame, ResumePoint, Welcome } from './protocol.js';
import { Session, type RequestOptions, type SessionState } from './session.js';
import { Subscriptions, type SubscribeOptions } from './subscriptions.js';

export interface ClientOptions {
  /** `wss://chat.example.org/ws`; in a page by default the server it came from. */
  url?: string;
  /** Where there is none of its own, as in Node before 22: that of the package `ws`. */
  WebSocket?: SocketConstructor;
  /** What the server is told of this program. */
  name?: string;
  version?: string;
  /** The language of the server's own texts, asked for at every sign-in: `en` or `ru`. */
  locale?: () => string;
  /**
   * What to come in with when a token has run out. `attempt` it, or `attempt(undefined)` to give up; a
   * refresh token works once, so hold a lock until it settles where several tabs share one.
   */
  renew?: Session['renew'];
  /** For tests: time, chance and sockets played by hand. */
  environment?: Environment;
}

/**
 * Everything happens on the thread it is called from. Listeners are called in the order in which the
 * server said things; nothing is called any more after close().
 */
export class Client extends Emitter {
  private readonly session: Session;
  private readonly outbox: Outbox;
  private readonly subscriptions: Subscriptions;
  private readonly unwatch: () => void;
  private userId: string | undefined;

  constructor(options: ClientOptions = {}) {
    super();
    const env = options.environment ?? defaultEnvironment(options.WebSocket);
    const info = { name: options.name ?? 'parley-js', version: options.version ?? '1' };
    this.session = new Session(env, options.url ?? defaultUrl(), info);
    this.outbox = new Outbox(this.session, env);
    this.subscriptions = new Subscriptions(this.session, env);
    if (options.locale) this.session.locale = options.locale;
    if (options.renew) this.session.renew = options.renew;
    this.wire();
    this.unwatch = env.watch((news) => (news === 'wake' ? this.wake() : this.doubt()));
  }

  get state(): SessionState {
    return this.session.state;
  }
  get connection(): ConnectionState {
    return this.session.connection.state;
  }

  /**
   * The way back to this session. Keep it where a reload finds it and nobody else does: it is worth as
   * much as a password while the session lives, and works once. Set it before signIn.
   */
  get resumePoint(): ResumePoint | undefined {
    return this.session.point && { ...this.session.point };
  }
  set resumePoint(point: ResumePoint | undefined) {
    this.session.point = point;
  }

  /**
   * Resolves when we are in; from then on every loss is mended without a word. Rejects with CommandError
   * (a wrong password, a taken name with `data.suggestion`) or ConnectionLost, and stays outside.
   * `restored`: nobody typed this; continue the session of `resumePoint` if it still lives.
   */
  signIn(credential: Credential, { restored = false } = {}): Promise<Welcome> {
    return this.session.signIn(credential, restored);
  }

  /** Ends the session on the server. */
  signOut(): Promise<void> {
    return this.session.signOut();
  }

  /** Ends the connection. The session waits on the server for whoever comes with `resumePoint`. */
  close(): void {
    this.unwatch();
    this.outbox.abandon();
    this.session.close();
  }

  /** The channels we are in, with the last offset seen of each. */
  get channels(): Record<string, number> {
    return this.subscriptions.positions();
  }

  /** Skips the countdown, or tries again after the server had closed for good. */
  retryNow(): void {
    this.session.connection.retryNow();
  }

  /** The app is in front again: for platforms that do not tell by themselves, such as React Native. */
  wake(): void {
    this.session.connection.wake();
  }

  /** The network may be gone: the connection is asked whether it still lives. */
  doubt(): void {
    this.session.connection.doubt();
  }

  /**
   * One command, one answer. Rejects with CommandError for a refusal, and with ConnectionLost when there
   * is no session, or when a session was lost for good before its answer came.
   */
  request<Action extends keyof Commands>(
    action: Action,
    data: Commands[Action]['args'],
    options?: RequestOptions,
  ): Promise<Commands[Action]['reply']>;
  request(action: string, data?: Data, options?: RequestOptions): Promise<Frame>;
  async request(action: string, data: object = {}, options: RequestOptions = {}): Promise<Frame> {
    const reply = await this.session.request(action, data as Data, options);
    this.subscriptions.noticed(reply);
    // The server tells a mark to the other sessions only; whoever shares this one hears of it here.
    if (reply.type === 'read') this.tell(reply);
    return reply;
  }

  /** For what may get lost, such as `typing`. */
  notify(action: string, data: Data): void {
    this.session.notify(action, data);
  }

  /** A command that must go out: now, or when the connection is back; in order, and only once. */
  send(action: string, data: Data, options?: SendingOptions): Sending {
    return this.outbox.send(action, data, options);
  }

  /** Says something in a channel. Settles when the server has it on disk. */
  async say(channel: string, message: string): Promise<Frame> {
    const reply = await this.send('sendChat', { channel, message }, { lane: channel }).done;
    this.subscriptions.noticed(reply);
    return reply;
  }

  /** Enters a channel and stays in it, over every reconnect. */
  subscribe(channel: string, options?: SubscribeOptions): Promise<Frame> {
    return this.subscriptions.subscribe(channel, options);
  }

  unsubscribe(channel: string): Promise<void> {
    return this.subscriptions.unsubscribe(channel);
  }

  private wire(): void {
    const { session, subscriptions, outbox } = this;
    session.positions = () => subscriptions.positions();
    session.onPush = (frame) => subscriptions.take(frame);
    session.onConnection = (state) => this.emit('client:connection', state);
    session.onRejected = (error) => this.emit('client:rejected', error);
    session.onState = (state) => {
      if (state === 'signedOut') this.signedOut();
      this.emit('client:state', state);
    };
    session.onWelcome = (welcome, again) => {
      if (!again && this.userId !== welcome.user.id) subscriptions.forget();
      this.userId = welcome.user.id;
      this.emit('client:welcome', { welcome, again });
      subscriptions.welcomed(welcome);
      outbox.welcomed(welcome.user.id);
    };
    subscriptions.onSubscribed = (frame) => this.emit('client:subscribed', frame);
    subscriptions.onGap = (gap) => this.emit('client:gap', gap);
    subscriptions.onLost = (channel, error) => this.emit('client:lost', { channel, error });
    subscriptions.onFrame = (frame) => {
      if (frame.type === 'unsubscribed') subscriptions.noticed(frame);
      this.tell(frame);
    };
  }

  private tell(frame: Frame): void {
    this.emit(frame.type, frame);
    this.emit('client:frame', frame);
  }

  private signedOut(): void {
    this.userId = undefined;
    this.subscriptions.forget();
    this.outbox.abandon();
  }
}
