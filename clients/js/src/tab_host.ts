// SPDX-License-Identifier: Apache-2.0
// The other end of tab_client.ts, in a SharedWorker: one Client for each person, whose tabs come and go.
// It outlives every tab but the last, so none of them leads, and none is missed.

import { Client, type ClientOptions } from './client.js';
import type { Credential } from './credential.js';
import type { Emitter } from './events.js';
import type { Sending } from './outbox.js';
import { defaultEnvironment, type Environment } from './platform.js';
import type { Frame, Welcome } from './protocol.js';
import type { RequestOptions } from './session.js';
import { packed, type Call, type Mirror, type Port, type ToHost, type ToTab } from './tab_messages.js';

export interface HostOptions {
  /** Of the one Client of a person; for tests. */
  client?: ClientOptions;
  /** Calls `gone` when the tab that holds this lock is no more. */
  watchTab?: (lock: string, gone: () => void) => void;
}

/** Serves every tab that connects; the whole program of a SharedWorker. */
export function serveTabs(options: HostOptions = {}): void {
  const host = new TabHost(options);
  const scope = globalThis as unknown as { onconnect: (event: { ports: Port[] }) => void };
  scope.onconnect = ({ ports }) => host.connect(ports[0]!);
}

export class TabHost {
  private readonly people = new Map<string, Person>();

  constructor(private readonly options: HostOptions = {}) {}

  connect(port: Port): void {
    port.onmessage = ({ data }: { data: ToHost }) => {
      if (data.kind === 'join') this.join(port, data);
    };
  }

  private join(port: Port, { person: id, tab: lock, locale, name, version }: ToHost & { kind: 'join' }): void {
    const person =
      this.people.get(id) ?? new Person({ name, version, ...this.options.client }, locale);
    this.people.set(id, person);
    const tab = new Tab(port, person, () => this.gone(id, person, tab));
    if (lock) (this.options.watchTab ?? watchTab)(lock, () => tab.leave());
  }

  private gone(id: string, person: Person, tab: Tab): void {
    if (!person.tabs.delete(tab) || person.tabs.size > 0) return;
    // The server keeps the session for a while: a reload finds the way back by itself.
    person.client.close();
    this.people.delete(id);
  }
}

function watchTab(lock: string, gone: () => void): void {
  void navigator.locks.request(lock, gone);
}

/** Events that every tab hears as they are. */
const kForAll = ['client:state', 'client:connection', 'client:frame'] as const;

class Person {
  readonly tabs = new Set<Tab>();
  readonly client: Client;
  readonly env: Environment;
  /** Of the session there is: for tabs that come later. */
  private welcome: Welcome | undefined;
  private entering: Promise<Welcome> | undefined;
  /** Whose question the server is answering, by channel: the answer is not for the others. */
  private readonly asking = new Map<string, Tab>();
  private readonly queues = new Map<string, Promise<unknown>>();

  constructor(
    options: ClientOptions,
    public locale: string,
  ) {
    const renew = (expired: string, attempt: Attempt): Promise<void> => this.renew(expired, attempt);
    this.env = options.environment ?? defaultEnvironment();
    this.client = new Client({ ...options, environment: this.env, renew, locale: () => this.locale });
    this.listen();
  }

  get mirror(): Mirror {
    const { state, connection, resumePoint } = this.client;
    return { state, connection, point: resumePoint };
  }

  async signIn(tab: Tab, credential: Credential, restored: boolean): Promise<Welcome> {
    if (restored && this.entering) return this.entering;
    if (restored && this.welcome) {
      // The tokens are with the tab that bought them; they may have been renewed since.
      const { token: _, refresh: __, ...rest } = this.welcome;
      const welcome = { ...rest, channels: this.client.channels };
      tab.tell('client:connection', this.client.connection);
      tab.tell('client:state', this.client.state);
      tab.tell('client:welcome', { welcome, again: false });
      return welcome;
    }
    const entering = this.client.signIn(credential, { restored });
    this.entering = entering;
    try {
      return await entering;
    } finally {
      if (this.entering === entering) this.entering = undefined;
    }
  }

  async signOut(tab: Tab): Promise<void> {
    await this.client.signOut();
    for (const other of this.tabs) if (other !== tab) other.tell('client:left', undefined);
  }

  /** One question about a channel at a time, so that it is known whose the answer is. */
  subscribe(tab: Tab, { channel, options }: Call & { method: 'subscribe' }): Promise<Frame> {
    return this.inTurn(channel, async () => {
      this.asking.set(channel, tab);
      try {
        return await this.client.subscribe(channel, options);
      } finally {
        this.asking.delete(channel);
      }
    });
  }

  async unsubscribe(tab: Tab, channel: string): Promise<void> {
    await this.inTurn(channel, () => this.client.unsubscribe(channel));
    const frame: Frame = { type: 'unsubscribed', channel, data: { channel } };
    for (const other of this.tabs) if (other !== tab) other.tell('client:frame', frame);
  }

  private inTurn<T>(channel: string, run: () => Promise<T>): Promise<T> {
    const turn = (this.queues.get(channel) ?? Promise.resolve()).then(run, run);
    const done = turn.catch(() => undefined).then(() => {
      if (this.queues.get(channel) === done) this.queues.delete(channel);
    });
    this.queues.set(channel, done);
    return turn;
  }

  private listen(): void {
    const client: Emitter = this.client;
    client.on('client:state', (state) => {
      if (state === 'signedOut') this.welcome = undefined;
    });
    client.on('client:connection', ({ kind }) => {
      // Whoever asked is answered with the loss; what comes with the next connection is for all.
      if (kind !== 'open') this.asking.clear();
    });
    client.on('client:welcome', ({ welcome, again }) => {
      this.welcome = welcome;
      this.tellAll('client:welcome', { welcome, again });
    });
    client.on('client:rejected', (error) => this.tellAll('client:rejected', packed(error)));
    client.on('client:lost', ({ channel, error }) =>
      this.tellAll('client:lost', { channel, error: packed(error) }),
    );
    client.on('client:gap', (gap) => this.tellWhoAsked(gap.channel, 'client:gap', gap));
    client.on('client:subscribed', (frame) =>
      this.tellWhoAsked(String(frame.data?.['channel']), 'client:subscribed', frame),
    );
    for (const name of kForAll) client.on(name, (event: unknown) => this.tellAll(name, event));
  }

  private tellAll(name: string, event: unknown): void {
    for (const tab of this.tabs) tab.tell(name, event);
  }

  private tellWhoAsked(channel: string, name: string, event: unknown): void {
    const asking = this.asking.get(channel);
    if (asking) asking.tell(name, event);
    else this.tellAll(name, event);
  }

  /**
   * By the first tab that says with what, in time. Where none does, nothing was tried: the session asks
   * again, because a tab that sleeps is no reason to log anybody out.
   */
  private async renew(expired: string, attempt: Attempt): Promise<void> {
    for (const tab of [...this.tabs]) if (await tab.renew(expired, attempt)) return;
    if (this.tabs.size === 0) await attempt(undefined);
  }
}

/** A tab that has not said by then what to come in with is asleep, or waits for a lock that never comes. */
const kRenewMs = 10_000;

type Attempt = (next: Credential | undefined) => Promise<void>;

interface Renewal {
  begin: Attempt;
  over(done: boolean): void;
}

class Tab {
  private readonly sendings = new Map<number, Sending>();
  private readonly renewals = new Map<number, Renewal>();
  private renewalCount = 0;
  private left = false;

  constructor(
    private readonly port: Port,
    private readonly person: Person,
    private readonly gone: () => void,
  ) {
    person.tabs.add(this);
    port.onmessage = ({ data }: { data: ToHost }) => this.take(data);
    this.post({ kind: 'joined', mirror: person.mirror });
  }

  tell(name: string, event: unknown): void {
    this.post({ kind: 'event', name, event, mirror: this.person.mirror });
  }

  leave(): void {
    this.left = true;
    this.port.onmessage = null;
    this.gone();
    for (const { over } of [...this.renewals.values()]) over(false);
  }

  /** False when the tab went away, or kept silent for too long; what it says after that is not tried. */
  renew(expired: string, attempt: Attempt): Promise<boolean> {
    if (this.left) return Promise.resolve(false);
    const { env } = this.person;
    const renewal = (this.renewalCount += 1);
    return new Promise((done) => {
      const over = (finished: boolean): void => {
        env.clearTimer(timer);
        this.renewals.delete(renewal);
        done(finished);
      };
      const timer = env.setTimer(() => over(false), kRenewMs);
      const begin: Attempt = (next) => {
        // From here on it is the server that is waited for, and that has a limit of its own.
        env.clearTimer(timer);
        return attempt(next);
      };
      this.renewals.set(renewal, { begin, over });
      this.post({ kind: 'renew', renewal, expired });
    });
  }

  private post(message: ToTab): void {
    this.port.postMessage(message);
  }

  private take(message: ToHost): void {
    const { client } = this.person;
    switch (message.kind) {
      case 'call':
        return void this.answer(message.call, message.what);
      case 'notify':
        return client.notify(message.action, message.data);
      case 'point':
        if (client.state === 'signedOut') client.resumePoint = message.point;
        return;
      case 'news':
        if (message.news === 'retry') return client.retryNow();
        return message.news === 'wake' ? client.wake() : client.doubt();
      case 'attempt':
        return void this.attempt(message.renewal, message.next);
      case 'renewed':
        return this.renewals.get(message.renewal)?.over(true);
      case 'leave':
        return this.leave();
    }
  }

  private async attempt(renewal: number, next: Credential | undefined): Promise<void> {
    const asked = this.renewals.get(renewal);
    await asked?.begin(next);
    this.post({ kind: 'attempted', renewal });
    asked?.over(true);
  }

  private async answer(call: number, what: Call): Promise<void> {
    try {
      const value = await this.perform(call, what);
      this.post({ kind: 'settled', call, value });
    } catch (error) {
      this.post({ kind: 'settled', call, error: packed(error) });
    } finally {
      this.sendings.delete(call);
    }
  }

  private perform(call: number, what: Call): Promise<unknown> | unknown {
    const { person } = this;
    switch (what.method) {
      case 'signIn':
        person.locale = what.locale;
        return person.signIn(this, what.credential, what.restored);
      case 'signOut':
        return person.signOut(this);
      case 'request':
        return this.request(call, what);
      case 'send':
        return this.send(call, what);
      case 'cancel':
        return this.sendings.get(what.of)?.cancel() ?? false;
      case 'subscribe':
        return person.subscribe(this, what);
      case 'unsubscribe':
        return person.unsubscribe(this, what.channel);
    }
  }

  private request(call: number, what: Call & { method: 'request' }): Promise<Frame> {
    const { action, data, key, progress } = what;
    const options: RequestOptions = key === undefined ? {} : { key };
    if (progress) options.onProgress = (frame) => this.post({ kind: 'progress', call, frame });
    if (action === 'locale') this.person.locale = String(data['locale']);
    return this.person.client.request(action, data, options);
  }

  private send(call: number, what: Call & { method: 'send' }): Promise<Frame> {
    const onWire = (out: boolean): void => this.post({ kind: 'wire', call, out });
    const options = what.lane === undefined ? { onWire } : { lane: what.lane, onWire };
    const sending = this.person.client.send(what.action, what.data, options);
    this.sendings.set(call, sending);
    return sending.done;
  }
}
