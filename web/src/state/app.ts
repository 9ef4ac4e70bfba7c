// SPDX-License-Identifier: Apache-2.0
// The page's state, without a pixel: one session, its channels, and what flows between them.

import { batch, computed, signal, type Signal } from '@preact/signals';
import {
  Client,
  CommandError,
  defaultEnvironment,
  directChannel,
  directPeer,
  type CommandSpec,
  type ConnectionState,
  type Credential,
  type Data,
  type Environment,
  type Member,
  type ParleyClient,
  type Self,
  type Welcome,
} from '@parley/client';
import { Blocks } from './blocks';
import { Channel } from './channel';
import { ChannelSync } from './channel_sync';
import { forgetCredential, keepCredential, kClientOptions } from './credentials';
import { Entrance } from './entrance';
import { FrameRouter } from './frames';
import { t } from '../i18n';
import { player, present } from './game';
import { Outgoing } from './outgoing';
import { locale } from './preferences';
import { Reading } from './reading';
import { Revising } from './revising';
import { kept, keptJson, ofThisTab } from './storage';
import { isWatched, watched } from './watched';

const kDefaultMessageLimit = 4000;

/** What is no fault: the account, or this login, was ended by its owner or an operator. */
export const kEnded = ['account_deleted', 'login_ended'] as const;
export type Ended = (typeof kEnded)[number];

export type Phase = 'door' | 'entering' | 'inside';

export class App {
  readonly phase: Signal<Phase> = signal('door');
  readonly self: Signal<Self | undefined> = signal(undefined);
  readonly connection: Signal<ConnectionState> = signal({ kind: 'idle' });
  readonly ready = signal(false);
  /** Why we stand at the door again; a code of CommandError, or one of `kEnded`. */
  readonly doorReason: Signal<string | undefined> = signal(undefined);
  readonly channels: Signal<ReadonlyMap<string, Channel>> = signal(new Map());
  readonly activeName = signal('');
  readonly active = computed(() => this.channels.value.get(this.activeName.value));
  readonly commands: Signal<readonly CommandSpec[]> = signal([]);
  /** Commands that were there and are not any more, because their plugin was taken out. */
  readonly gone = new Set<string>();
  /** In the place of a channel for whoever is in none: what is told to them alone is read there. */
  readonly nowhere = new Channel('');
  /** Left or sent out of the last channel: none is asked for until the person does. */
  private isOut = false;
  /** Said once to screen readers. */
  readonly announcement = signal('');
  readonly messageLimit = signal(kDefaultMessageLimit);
  readonly unreadTotal = computed(() =>
    [...this.channels.value.values()]
      .filter((channel) => !this.isMuted(channel))
      .reduce((sum, channel) => sum + channel.unread.value, 0),
  );
  /** Channels that do not call out. */
  readonly muted: Signal<ReadonlySet<string>> = signal(new Set());
  /** The newest message of the active channel is in view. */
  atBottom = true;

  readonly client: ParleyClient;
  readonly sync: ChannelSync;
  readonly outgoing: Outgoing;
  readonly reading: Reading;
  readonly revising: Revising;
  readonly entrance: Entrance;
  readonly blocks: Blocks;
  /** Every identity of this visit: a guest gets a new id when the server restarts. */
  readonly ownIds = new Set<string>();

  /** `client`: one that other tabs share; by default this page's own. `person`: see client.ts. */
  constructor(
    readonly env: Environment = defaultEnvironment(),
    client?: ParleyClient,
    private readonly person?: string,
  ) {
    this.client = client ?? new Client({ ...kClientOptions, environment: env });
    this.sync = new ChannelSync(this);
    this.outgoing = new Outgoing(this);
    this.reading = new Reading(this);
    this.revising = new Revising(this);
    this.entrance = new Entrance(this);
    this.blocks = new Blocks(this.client);
    this.listen();
    locale.subscribe(() => {
      this.tellLocale();
      void this.refreshCommands();
    });
  }

  async signIn(credential: Credential, restored = false): Promise<void> {
    await this.client.signIn(credential, { restored });
  }

  async signOut(): Promise<void> {
    forgetCredential();
    await this.client.signOut();
    this.signedOut();
  }

  /** The server has ended our session by our own command. */
  signedOut(reason?: Ended): void {
    forgetCredential();
    if (this.client.state !== 'signedOut') void this.client.signOut();
    this.dropDrafts();
    this.reset();
    this.backToDoor(reason);
  }

  isSelf(id: string): boolean {
    return this.ownIds.has(id);
  }

  channel(name: string): Channel {
    const known = this.channels.value.get(name);
    if (known) return known;
    const channel = new Channel(name, directPeer(name, [...this.ownIds]));
    channel.draft.value = ofThisTab.get(`draft.${name}`) ?? '';
    this.channels.value = new Map(this.channels.value).set(name, channel);
    return channel;
  }

  /** Where the person is; what belongs to no channel stands there. */
  get here(): Channel {
    return this.active.value ?? this.nowhere;
  }

  activate(name: string): void {
    const channel = this.channel(name);
    this.isOut = false;
    batch(() => {
      this.nowhere.entries.value = [];
      channel.divider.value = channel.unread.value > 0 ? channel.readUpTo : undefined;
      this.activeName.value = name;
    });
    this.atBottom = true;
    this.markRead();
    if (!channel.subscribed) void this.sync.subscribe(channel);
    void this.sync.refreshMembers(channel);
  }

  openDirect(member: Member): void {
    const self = this.self.value;
    if (!self || this.isSelf(member.id)) return;
    const channel = this.channel(directChannel(self.id, member.id));
    channel.title.value = member.name;
    this.activate(channel.name);
    this.rememberChannels();
  }

  async join(name: string): Promise<void> {
    const channel = this.channel(name);
    try {
      await this.sync.subscribe(channel, true);
      this.activate(name);
      this.rememberChannels();
    } catch (error) {
      if (!channel.loaded.value) this.removeChannel(name);
      throw error;
    }
  }

  async leave(channel: Channel): Promise<void> {
    if (channel.subscribed) {
      await this.client.unsubscribe(channel.name).catch(() => undefined);
    }
    this.removeChannel(channel.name);
  }

  removeChannel(name: string): void {
    const next = new Map(this.channels.value);
    next.delete(name);
    this.channels.value = next;
    if (this.activeName.value === name) this.activateAnother([...next.values()]);
    this.rememberChannels();
  }

  /** Nobody is put into a channel they are not in, nor into somebody's conversation. */
  private activateAnother(left: Channel[]): void {
    const next = left.find((channel) => !channel.isDirect);
    if (next) return this.activate(next.name);
    this.isOut = true;
    this.activeName.value = '';
  }

  /** The server does not want us there: it is said why, and asked for again by the person alone. */
  notLetIn(channel: Channel, { code, data }: CommandError): void {
    const name = channel.title.value;
    this.removeChannel(channel.name);
    // The plugin that lets nobody in has sent us out while we asked.
    if (code === 'conflict') return this.outgoing.note(this.here, t('takenOut', { name }));
    this.outgoing.note(this.here, t('notLetIn', { name }));
    this.outgoing.answer(this.here, { type: 'error', data: data as unknown as Data });
  }

  isMuted(channel: Channel): boolean {
    return this.muted.value.has(channel.name);
  }

  mute(channel: Channel, muted: boolean): void {
    const next = new Set(this.muted.value);
    if (muted) next.add(channel.name);
    else next.delete(channel.name);
    this.muted.value = next;
    const self = this.self.value;
    if (self && self.kind !== 'guest') kept.set(`muted.${self.id}`, JSON.stringify([...next]));
  }

  /** Called when this tab comes into view, or goes out of it. */
  viewed(): void {
    watched(this.person ?? '');
    this.markRead();
  }

  /** Another tab of the same person is being looked at. */
  isSeenElsewhere(): Promise<boolean> {
    return isWatched(this.person ?? '');
  }

  setDraft(channel: Channel, draft: string): void {
    channel.draft.value = draft;
    ofThisTab.set(`draft.${channel.name}`, draft || undefined);
  }

  /** What is in view at the bottom of a visible page is read. */
  markRead(): void {
    const channel = this.active.value;
    if (!channel || document.hidden || !this.atBottom) return;
    this.reading.mark(channel);
  }

  async refreshCommands(): Promise<void> {
    if (!this.ready.value) return;
    const reply = await this.client
      .request('commands', { locale: locale.value })
      .catch(() => undefined);
    const commands = reply?.data?.['commands'];
    if (Array.isArray(commands)) this.commands.value = commands as unknown as CommandSpec[];
  }

  rememberChannels(): void {
    const self = this.self.value;
    if (!self || self.kind === 'guest') return;
    const named = [...this.channels.value.values()].map((item) => [item.name, item.title.value]);
    kept.set(`channels.${self.id}`, JSON.stringify(named));
  }

  private listen(): void {
    const { client, sync } = this;
    const router = new FrameRouter(this);
    client.on('client:state', (state) => (this.ready.value = state === 'ready'));
    client.on('client:connection', (state) => (this.connection.value = state));
    client.on('client:welcome', ({ welcome, again }) => this.welcomed(welcome, again));
    client.on('client:frame', (frame) => router.push(frame));
    client.on('client:subscribed', (frame) => sync.entered(frame));
    client.on('client:gap', ({ channel }) => sync.gap(this.channel(channel)));
    client.on('client:lost', ({ channel, error }) => {
      const lost = this.channels.value.get(channel);
      if (lost?.isDirect) this.removeChannel(channel);
      else if (lost) this.notLetIn(lost, error);
    });
    client.on('client:left', () => this.signedOut());
    client.on('client:rejected', (error) => {
      forgetCredential();
      // The close that follows our own command says nothing new.
      if (this.phase.value !== 'door') this.backToDoor(ending(error));
    });
  }

  private welcomed(welcome: Welcome, again: boolean): void {
    batch(() => {
      const before = this.self.value;
      if (before && !again && before.id !== welcome.user.id) {
        // The same person after an expired session finds the drafts again, another one must not.
        if (before.name !== welcome.user.name) this.dropDrafts();
        this.reset();
      }
      this.self.value = welcome.user;
      this.ownIds.add(welcome.user.id);
      keepCredential(welcome, this.person);
      this.messageLimit.value = welcome.limits?.message ?? kDefaultMessageLimit;
      this.doorReason.value = undefined;
      this.phase.value = 'inside';
      // Over a reconnect the client keeps us in; a new session begins outside.
      if (!again) for (const channel of this.channels.value.values()) channel.subscribed = false;
      // `@…` is one's own post box: what comes there is shown where the person is.
      const shown = Object.keys(welcome.channels ?? {}).filter((name) => !name.startsWith('@'));
      for (const name of shown) this.channel(name);
      if (!again) this.restoreChannels(welcome.user);
    });
    for (const channel of this.channels.value.values()) {
      void this.sync.subscribe(channel).catch(() => undefined);
    }
    const first = this.active.value ? undefined : this.firstChannel();
    if (first) this.activate(first);
    else if (this.active.value) void this.sync.refreshMembers(this.active.value);
    this.reading.welcomed();
    void this.blocks.look();
    this.tellLocale();
    void this.refreshCommands();
  }

  /** A log-in says no language, and a switch comes later; servers before `locale` refuse it. */
  private tellLocale(): void {
    if (!this.ready.value) return;
    this.client.request('locale', { locale: locale.value }).catch(() => undefined);
  }

  private firstChannel(): string | undefined {
    const all = [...this.channels.value.values()];
    if (this.isOut) return all.find((channel) => !channel.isDirect)?.name;
    const names = all.map((channel) => channel.name);
    return names.includes('global') ? 'global' : (names[0] ?? 'global');
  }

  private restoreChannels(self: Self): void {
    for (const [name, title] of keptJson<[string, string][]>(`channels.${self.id}`, [])) {
      this.channel(name).title.value = title;
    }
    this.muted.value = new Set(keptJson<string[]>(`muted.${self.id}`, []));
  }

  backToDoor(reason: string | undefined): void {
    this.doorReason.value = reason;
    this.phase.value = 'door';
  }

  private dropDrafts(): void {
    for (const name of this.channels.value.keys()) ofThisTab.set(`draft.${name}`, undefined);
  }

  private reset(): void {
    this.isOut = false;
    batch(() => {
      this.nowhere.entries.value = [];
      this.channels.value = new Map();
      this.activeName.value = '';
      this.commands.value = [];
      this.blocks.people.value = [];
      this.self.value = undefined;
      player.value = present.value = undefined;
      this.ownIds.clear();
    });
  }
}

/** Whoever was inside gave no wrong password: the server has ended the login, and says which way. */
function ending({ code, data }: CommandError): string {
  if (code !== 'unauthorized') return code;
  return data.message === 'This account was deleted.' ? 'account_deleted' : 'login_ended';
}
