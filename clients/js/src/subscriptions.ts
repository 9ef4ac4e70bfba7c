// SPDX-License-Identifier: Apache-2.0
// The channels we are in. Every message of one is handed on once and in order, over any number of
// connections: the offset we have is told to the server, and what came after it is read again.

import { CommandError } from './errors.js';
import type { Environment } from './platform.js';
import type { Data, Frame, Welcome } from './protocol.js';
import type { Session } from './session.js';

export interface SubscribeOptions {
  /** Bring this many of the newest messages along. */
  history?: number;
  /** Or those after this offset, which are then handed on as if they had just been said. */
  since?: number;
  /** Tell who comes and goes. */
  presence?: boolean;
}

/** Messages of `channel` are missing and will not come: `history` may still have some of them. */
export interface Gap {
  channel: string;
  /** The last offset that was seen before. */
  after: number;
}

/** A server that is busy is asked again after this time. */
const kPauseMs = 1000;

export class Subscriptions {
  /** Frames of channels, each once. */
  onFrame: (frame: Frame) => void = () => {};
  /** We are in, for the first time or again after a loss; comes before any frame behind it. */
  onSubscribed: (frame: Frame) => void = () => {};
  onGap: (gap: Gap) => void = () => {};
  /** The server did not let us in again. */
  onLost: (channel: string, error: CommandError) => void = () => {};

  private readonly wanted = new Map<string, SubscribeOptions>();
  private readonly offsets = new Map<string, number>();
  /** Pushes of a channel whose past is being asked for: they come behind it. */
  private readonly held = new Map<string, Frame[]>();

  constructor(
    private readonly session: Session,
    private readonly env: Environment,
  ) {}

  positions(): Record<string, number> {
    return Object.fromEntries(this.offsets);
  }

  /** Its frame has the messages that were asked for; what comes later is handed on. */
  async subscribe(channel: string, options: SubscribeOptions = {}): Promise<Frame> {
    const { since, ...lasting } = options;
    if (since !== undefined) this.offsets.set(channel, since);
    const reply = await this.ask(channel, { ...options }, since);
    this.wanted.set(channel, lasting);
    return reply;
  }

  async unsubscribe(channel: string): Promise<void> {
    this.wanted.delete(channel);
    await this.session.request('unsubscribe', { channel });
    this.offsets.delete(channel);
  }

  /** In by a command of another name, such as a line that was typed. */
  noticed(frame: Frame): void {
    const channel = frame.data?.['channel'];
    if (typeof channel !== 'string') return;
    if (frame.type === 'unsubscribed') {
      this.wanted.delete(channel);
      this.offsets.delete(channel);
    } else if (frame.type === 'subscribed' && !this.wanted.has(channel)) {
      this.wanted.set(channel, {});
      const offset = number(frame.data?.['offset']);
      if (offset !== undefined) this.seen(channel, offset);
    }
  }

  /** Every channel is brought to where the server is, unless it does so by itself. */
  welcomed(welcome: Welcome): void {
    for (const [channel, offset] of Object.entries(welcome.channels ?? {}))
      if (!this.offsets.has(channel)) this.offsets.set(channel, offset);
    // A token was renewed on a socket that never broke: there is nothing to bring back.
    if (welcome.resumed && !welcome.recovered) return;
    for (const channel of this.wanted.keys())
      if (welcome.recovered?.[channel] !== true) void this.fill(channel);
  }

  /** Another person, or nobody: nothing of before counts. */
  forget(): void {
    this.wanted.clear();
    this.offsets.clear();
    this.held.clear();
  }

  take(frame: Frame): void {
    const { channel, offset } = frame;
    if (channel === undefined || offset === undefined) return this.onFrame(frame);
    const held = this.held.get(channel);
    if (held) held.push(frame);
    else this.handOn(channel, frame);
  }

  private async fill(channel: string): Promise<void> {
    const after = this.offsets.get(channel) ?? 0;
    const { presence } = this.wanted.get(channel)!;
    try {
      const wish = { since: after, ...(presence === undefined ? {} : { presence }) };
      await this.ask(channel, wish, after);
    } catch (error) {
      if (!(error instanceof CommandError)) return; // the next welcome asks again
      if (error.data.retry) {
        this.env.setTimer(
          () => this.wanted.has(channel) && void this.fill(channel),
          error.data.retryAfterMs ?? kPauseMs,
        );
        return;
      }
      this.wanted.delete(channel);
      this.onLost(channel, error);
    }
  }

  private async ask(channel: string, wish: Data, after?: number): Promise<Frame> {
    if (!this.held.has(channel)) this.held.set(channel, []);
    try {
      const reply = await this.session.request('subscribe', { channel, ...wish });
      this.arrived(channel, reply, after);
      return reply;
    } finally {
      this.release(channel);
    }
  }

  private arrived(channel: string, reply: Frame, after: number | undefined): void {
    const data = reply.data ?? {};
    this.onSubscribed(reply);
    if (after !== undefined) this.filled(channel, data, after);
    // What was pushed meanwhile and is not among the messages is yet to be handed on.
    const first = data['messages'] ? undefined : this.held.get(channel)?.[0]?.offset;
    const offset = number(data['offset']);
    if (offset !== undefined) this.seen(channel, Math.min(offset, (first ?? Infinity) - 1));
  }

  private filled(channel: string, data: Data, after: number): void {
    if (data['recovered'] === false) {
      this.offsets.delete(channel);
      this.onGap({ channel, after });
    }
    for (const frame of (data['messages'] ?? []) as unknown as Frame[]) this.handOn(channel, frame);
  }

  private release(channel: string): void {
    const held = this.held.get(channel) ?? [];
    this.held.delete(channel);
    for (const frame of held) this.take(frame);
  }

  private handOn(channel: string, frame: Frame): void {
    const offset = frame.offset ?? 0;
    if (offset <= (this.offsets.get(channel) ?? -1)) return;
    this.offsets.set(channel, offset);
    this.onFrame(frame);
  }

  private seen(channel: string, offset: number): void {
    this.offsets.set(channel, Math.max(offset, this.offsets.get(channel) ?? 0));
  }
}

function number(value: unknown): number | undefined {
  return typeof value === 'number' ? value : undefined;
}
