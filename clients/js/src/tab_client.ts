// SPDX-License-Identifier: Apache-2.0
// A tab's end of a connection that several tabs share: speaks like Client, and passes everything to the
// worker that has it (tab_host.ts). Tabs of one person share a session; what each shows is its own affair.

import type { Client, ClientOptions } from './client.js';
import type { Commands } from './commands.js';
import type { ConnectionState } from './connection.js';
import type { Credential } from './credential.js';
import { CommandError, ConnectionLost } from './errors.js';
import { Emitter } from './events.js';
import type { Sending, SendingOptions } from './outbox.js';
import { watch } from './platform.js';
import type { Data, Frame, ResumePoint, Welcome } from './protocol.js';
import type { RequestOptions, SessionState } from './session.js';
import type { SubscribeOptions } from './subscriptions.js';
import { unpacked, type Call, type Mirror, type Port, type ToHost, type ToTab } from './tab_messages.js';

/** What Client and TabClient have in common: what a program needs to know. */
export type ParleyClient = Omit<Client, 'channels'>;

export interface TabOptions extends Pick<ClientOptions, 'name' | 'version' | 'locale' | 'renew'> {
  /**
   * Who sits here: tabs that say the same share one session, and come and go together. Unguessable where
   * the session is worth something; kept where a reload finds it.
   */
  person: string;
  /** For tests: how news of the network come. */
  watch?: typeof watch;
}

/** A worker that has not answered by then never will: the page connects by itself. */
const kJoinMs = 3000;

interface Pending {
  resolve(value: never): void;
  reject(error: Error): void;
  onProgress?: ((frame: Frame) => void) | undefined;
  onWire?: ((out: boolean) => void) | undefined;
}

export class TabClient extends Emitter implements ParleyClient {
  private mirror: Mirror = { state: 'signedOut', connection: { kind: 'idle' }, point: undefined };
  private readonly pending = new Map<number, Pending>();
  private readonly attempts = new Map<number, () => void>();
  /** By channel: what this tab was given. Another tab's question may bring it to everybody again. */
  private readonly seen = new Map<string, number>();
  private readonly withHistory = new Set<string>();
  private calls = 0;
  private readonly unwatch: () => void;
  /** Who the welcomes were for. */
  private userId: string | undefined;

  constructor(
    private readonly port: Port,
    private readonly options: TabOptions,
    private readonly joined: () => void = () => {},
  ) {
    super();
    port.onmessage = (event: { data: ToTab }) => this.take(event.data);
    this.unwatch = (options.watch ?? watch)((news) => this.post({ kind: 'news', news }));
  }

  /** Tells the worker that we are here; `tab` is the name of the lock that ends with this tab. */
  join(tab: string): void {
    const { person, name = 'parley-js', version = '1' } = this.options;
    this.post({ kind: 'join', person, tab, locale: this.locale(), name, version });
  }

  get state(): SessionState {
    return this.mirror.state;
  }
  get connection(): ConnectionState {
    return this.mirror.connection;
  }
  get resumePoint(): ResumePoint | undefined {
    return this.mirror.point && { ...this.mirror.point };
  }
  /** Counts only where no tab has brought the session back already. */
  set resumePoint(point: ResumePoint | undefined) {
    this.post({ kind: 'point', point });
  }

  /** `restored` joins the session another tab of this person is in; what somebody typed begins anew. */
  signIn(credential: Credential, { restored = false } = {}): Promise<Welcome> {
    const { ...plain } = credential;
    if (plain.kind === 'ticket') return Promise.reject(new Error('a ticket cannot be shared by tabs'));
    return this.call({ method: 'signIn', credential: plain, restored, locale: this.locale() });
  }

  async signOut(): Promise<void> {
    await this.call({ method: 'signOut' });
  }

  /** Leaves the others alone with the connection. */
  close(): void {
    this.unwatch();
    this.post({ kind: 'leave' });
    this.port.onmessage = null;
    for (const { reject } of this.pending.values()) reject(new ConnectionLost());
    this.pending.clear();
    this.port.close();
  }

  retryNow(): void {
    this.post({ kind: 'news', news: 'retry' });
  }
  wake(): void {
    this.post({ kind: 'news', news: 'wake' });
  }
  doubt(): void {
    this.post({ kind: 'news', news: 'offline' });
  }

  request<Action extends keyof Commands>(
    action: Action,
    data: Commands[Action]['args'],
    options?: RequestOptions,
  ): Promise<Commands[Action]['reply']>;
  request(action: string, data?: Data, options?: RequestOptions): Promise<Frame>;
  request(action: string, data: object = {}, options: RequestOptions = {}): Promise<Frame> {
    const { key, onProgress } = options;
    const what: Call = { method: 'request', action, data: data as Data, progress: !!onProgress };
    if (key !== undefined) what.key = key;
    return this.call(what, { onProgress });
  }

  notify(action: string, data: Data): void {
    this.post({ kind: 'notify', action, data });
  }

  send(action: string, data: Data, { lane, onWire }: SendingOptions = {}): Sending {
    const what: Call = { method: 'send', action, data, ...(lane === undefined ? {} : { lane }) };
    const done = this.call<Frame>(what, { onWire });
    const of = this.calls;
    return { done, cancel: () => this.call<boolean>({ method: 'cancel', of }) };
  }

  say(channel: string, message: string): Promise<Frame> {
    return this.send('sendChat', { channel, message }, { lane: channel }).done;
  }

  subscribe(channel: string, options: SubscribeOptions = {}): Promise<Frame> {
    if (options.since !== undefined) this.seen.set(channel, options.since);
    if (options.history) this.withHistory.add(channel);
    const done = this.call<Frame>({ method: 'subscribe', channel, options });
    return done.finally(() => this.withHistory.delete(channel));
  }

  async unsubscribe(channel: string): Promise<void> {
    await this.call({ method: 'unsubscribe', channel });
    this.seen.delete(channel);
  }

  private locale(): string {
    return this.options.locale?.() ?? 'en';
  }

  private post(message: ToHost): void {
    this.port.postMessage(message);
  }

  private call<T>(what: Call, also: Partial<Pending> = {}): Promise<T> {
    const call = (this.calls += 1);
    return new Promise<T>((resolve, reject) => {
      this.pending.set(call, { resolve, reject, ...also });
      this.post({ kind: 'call', call, what });
    });
  }

  private take(message: ToTab): void {
    switch (message.kind) {
      case 'joined':
        this.mirror = message.mirror;
        return this.joined();
      case 'event':
        this.mirror = message.mirror;
        return this.happened(message.name, message.event);
      case 'settled':
        return this.settled(message);
      case 'progress':
        return this.pending.get(message.call)?.onProgress?.(message.frame);
      case 'wire':
        return this.pending.get(message.call)?.onWire?.(message.out);
      case 'renew':
        return void this.renew(message.renewal, message.expired);
      case 'attempted':
        this.attempts.get(message.renewal)?.();
        this.attempts.delete(message.renewal);
    }
  }

  private settled({ call, value, error }: ToTab & { kind: 'settled' }): void {
    const pending = this.pending.get(call);
    this.pending.delete(call);
    if (error) pending?.reject(unpacked(error));
    else pending?.resolve(value as never);
  }

  private happened(name: string, event: unknown): void {
    switch (name) {
      case 'client:frame':
        return this.frame(event as Frame);
      case 'client:rejected':
        return this.emit(name, unpacked(event as never));
      case 'client:lost': {
        const { channel, error } = event as { channel: string; error: never };
        return this.emit(name, { channel, error: unpacked(error) as CommandError });
      }
      case 'client:gap':
        this.seen.delete((event as { channel: string }).channel);
        break;
      case 'client:subscribed':
        this.entered(event as Frame);
        break;
      case 'client:welcome':
        this.welcomed((event as { welcome: Welcome }).welcome);
    }
    this.emit(name, event);
  }

  private welcomed({ user }: Welcome): void {
    if (this.userId !== user.id) this.seen.clear();
    this.userId = user.id;
  }

  /** A past that was asked for is in the answer itself; what is told since some offset follows it. */
  private entered({ data = {} }: Frame): void {
    const { channel, offset } = data;
    if (typeof channel !== 'string' || typeof offset !== 'number') return;
    if (this.withHistory.has(channel) && data['messages'])
      this.seen.set(channel, Math.max(offset, this.seen.get(channel) ?? 0));
  }

  private frame(frame: Frame): void {
    const { channel, offset } = frame;
    if (channel !== undefined && offset !== undefined) {
      if (offset <= (this.seen.get(channel) ?? -1)) return;
      this.seen.set(channel, offset);
    }
    this.emit(frame.type, frame);
    this.emit('client:frame', frame);
  }

  /** The worker has no store of its own: what to come in with is this page's to know. */
  private async renew(renewal: number, expired: string): Promise<void> {
    const attempt = (next: Credential | undefined): Promise<void> =>
      new Promise((done) => {
        this.attempts.set(renewal, done);
        this.post({ kind: 'attempt', renewal, next });
      });
    try {
      if (this.options.renew) await this.options.renew(expired, attempt);
      else await attempt(undefined);
    } finally {
      this.post({ kind: 'renewed', renewal });
    }
  }
}

/**
 * The connection in `worker`, which runs serveTabs(). Undefined where that does not come about: then a
 * Client of one's own does the same for this tab alone.
 */
export function shareClient(worker: SharedWorker, options: TabOptions): Promise<TabClient | undefined> {
  return new Promise((done) => {
    const { port } = worker;
    const client = new TabClient(port, options, () => settle(client));
    const settle = (outcome: TabClient | undefined): void => {
      clearTimeout(timer);
      if (!outcome) client.close();
      done(outcome);
    };
    const timer = setTimeout(() => settle(undefined), kJoinMs);
    worker.onerror = () => settle(undefined);
    window.addEventListener('pagehide', (event) => {
      if (!event.persisted) client.close();
    });
    holdLock((tab) => client.join(tab));
  });
}

/** Held as long as this tab lives, however it ends: by it the worker knows. */
function holdLock(held: (name: string) => void): void {
  const { locks } = navigator as { locks?: LockManager };
  if (!locks) return held('');
  const bytes = crypto.getRandomValues(new Uint32Array(4));
  const name = `parley.tab.${[...bytes].join('-')}`;
  void locks.request(name, () => {
    held(name);
    return new Promise(() => {});
  });
}
