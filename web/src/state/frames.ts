// SPDX-License-Identifier: Apache-2.0
// Where a pushed frame goes. A type that has no place of its own is shown, not dropped: modules may
// invent their own.

import type { Frame } from '@parley/client';
import { t } from '../i18n';
import type { App } from './app';
import type { Channel } from './channel';
import { updatePlayer } from './game';
import { knownNow } from './known';
import { list, localKey, object, text, toMessage } from './messages';
import { noticed } from './notify';
import { append, type Entry } from './timeline';

/** How long "is typing" stays true without news. */
const kTypingShownMs = 6000;

/** Frames that are answers to nobody, or handled below the page. */
const kSilent = new Set([
  'ok',
  'pong',
  'reconnect',
  'lag',
  'caughtUp',
  'expiring',
  'welcome',
  'progress',
]);

export class FrameRouter {
  constructor(private readonly app: App) {}

  push(frame: Frame): void {
    if (kSilent.has(frame.type)) return;
    const channel = this.channelOf(frame);
    switch (frame.type) {
      case 'chatMessage':
        return this.message(channel, frame);
      case 'chatEdited':
      case 'chatDeleted':
        if (channel) this.app.sync.take(channel, frame);
        return;
      case 'read':
        return channel && this.app.reading.told(channel, frame.data ?? {});
      case 'join':
      case 'leave':
        return channel && this.app.sync.memberChanged(channel, frame);
      case 'typing':
        return channel && this.typing(channel, frame);
      case 'topic':
        if (channel) channel.topic.value = text(frame.data?.['topic']) ?? '';
        return;
      case 'presence':
        return channel && this.app.sync.applyPresence(channel, frame);
      case 'subscribed':
        return channel && this.app.sync.apply(channel, frame);
      case 'unsubscribed':
        return channel && this.sentOut(channel, frame);
      case 'commandsChanged':
        return this.commandsChanged(frame);
      case 'playerStateUpdate':
        return this.playerState(channel, frame);
      case 'worldEvent':
        return this.worldEvent(channel, frame);
      case 'error':
        // Nobody waits for it: a lost `typing` is no news, everything else is.
        if (frame.data?.['action'] !== 'typing') this.show(channel, frame);
        return;
      default:
        this.show(channel, frame);
    }
  }

  /** The channel a frame names; frames for a person alone belong where the person is. */
  private channelOf(frame: Frame): Channel | undefined {
    const name = frame.channel ?? text(frame.data?.['channel']);
    if (!name || name.startsWith('@')) return undefined;
    // A direct message may be the first of its channel.
    if (name.startsWith('dm:') && frame.type === 'chatMessage') return this.app.channel(name);
    return this.app.channels.value.get(name);
  }

  private message(channel: Channel | undefined, frame: Frame): void {
    if (!channel || frame.offset === undefined) {
      return this.add(channel ?? this.app.here, toMessage(frame, this.app.env.now()));
    }
    const message = this.app.sync.take(channel, frame);
    this.stopTyping(channel, frame.user?.id);
    if (message && !message.deleted) this.app.reading.heard(channel, message);
    noticed(this.app, channel, frame);
    if (!channel.subscribed) void this.app.sync.subscribe(channel);
  }

  /** Left on another tab, it has no reason; a moderator who sends somebody out says theirs besides. */
  private sentOut(channel: Channel, frame: Frame): void {
    const { app } = this;
    app.removeChannel(channel.name);
    const reason = frame.data?.['reason'];
    const said = reason === 'rights' ? 'rightsEnded' : reason === 'removed' ? 'takenOut' : undefined;
    if (said) app.outgoing.note(app.here, t(said, { name: channel.title.value }));
  }

  private typing(channel: Channel, frame: Frame): void {
    const user = object(frame.data?.['user']);
    const id = text(user?.['id']);
    if (!id || this.app.isSelf(id)) return;
    const until = this.app.env.now() + kTypingShownMs;
    const name = text(user?.['name']) ?? id;
    channel.typing.value = new Map(channel.typing.value).set(id, { name, until });
    this.app.env.setTimer(() => {
      if ((channel.typing.value.get(id)?.until ?? 0) <= this.app.env.now())
        this.stopTyping(channel, id);
    }, kTypingShownMs);
  }

  private stopTyping(channel: Channel, id: string | undefined): void {
    if (!id || !channel.typing.value.has(id)) return;
    const next = new Map(channel.typing.value);
    next.delete(id);
    channel.typing.value = next;
  }

  private commandsChanged(frame: Frame): void {
    void this.app.refreshCommands();
    const names = (value: unknown): string[] =>
      list(value).flatMap((item) => text(item) ?? text(object(item)?.['name']) ?? []);
    const lines = (all: string[]): string => all.map((name) => `/${name}`).join(', ');
    for (const name of names(frame.data?.['removed'])) this.app.gone.add(name);
    for (const name of names(frame.data?.['added'])) this.app.gone.delete(name);
    const added = lines(names(frame.data?.['added']));
    const removed = lines(names(frame.data?.['removed']));
    const said = [
      added && t('commandsAdded', { names: added }),
      removed && t('commandsRemoved', { names: removed }),
    ];
    this.app.announcement.value = said.filter(Boolean).join('. ');
  }

  /** Others came, went, took something: the panel follows, the words stand in the stream. */
  private playerState(channel: Channel | undefined, frame: Frame): void {
    updatePlayer(frame.data ?? {});
    const target = channel ?? this.app.here;
    const said = text(frame.data?.['text']);
    if (!said) return;
    const ts = frame.ts ?? this.app.env.now();
    this.add(target, { kind: 'note', key: localKey(), ts, text: said });
  }

  private worldEvent(channel: Channel | undefined, frame: Frame): void {
    const target = channel ?? this.app.here;
    const event = text(frame['event']) ?? text(frame.data?.['event']) ?? '';
    const said = text(frame['text']) ?? text(frame.data?.['text']);
    const ts = frame.ts ?? this.app.env.now();
    this.add(target, {
      kind: 'event',
      key: localKey(),
      ts,
      event,
      ...(said ? { text: said } : {}),
    });
  }

  private show(channel: Channel | undefined, frame: Frame): void {
    const target = channel ?? this.app.here;
    const ts = frame.ts ?? this.app.env.now();
    if (frame.type === 'botMessage') this.add(target, toMessage(frame, ts));
    else {
      const known = frame.type === 'error' ? { known: knownNow(this.app) } : {};
      this.add(target, { kind: 'reply', key: localKey(), ts, frame, ...known });
    }
  }

  private add(channel: Channel, entry: Entry): void {
    channel.entries.value = append(channel.entries.value, entry);
  }
}
