// SPDX-License-Identifier: Apache-2.0
// What must go out whatever the network does: waits while there is no session, goes out in order, and
// after a loss goes out again under the key it had, so that the server never runs it twice.

import { CommandError, ConnectionLost } from './errors.js';
import type { Environment } from './platform.js';
import type { Data, Frame } from './protocol.js';
import type { Session } from './session.js';

export interface Sending {
  /** Settles with the terminal frame, however often it took. Rejects with CommandError, or with
   *  ConnectionLost where the server cannot say whether it ran. */
  done: Promise<Frame>;
  /** Takes it back; false when it is on its way already. A connection shared by tabs says so later. */
  cancel(): boolean | Promise<boolean>;
}

export interface SendingOptions {
  /** What goes out in one lane keeps its order; a channel is a good one. */
  lane?: string;
  /** It is on the wire; or back from it, for sure not done, and waits. */
  onWire?: (out: boolean) => void;
}

interface Item {
  /** Whose key it is: on the wire for this user. Under another one it would be another command. */
  user?: string;
  action: string;
  data: Data;
  key: string;
  lane: string;
  onWire: (out: boolean) => void;
  resolve(frame: Frame): void;
  reject(error: Error): void;
}

/** A server that is too busy without saying for how long is asked again after this time. */
const kPauseMs = 1000;

export class Outbox {
  private readonly lanes = new Map<string, Item[]>();
  /** Lanes whose first item is out, or pauses because the server asked for it. */
  private readonly busy = new Set<string>();
  /** A lane whose item came back waits for the next one. */
  private welcomes = 0;
  /** Who is signed in. */
  private user = '';
  /** Until a server says otherwise. */
  private keys = true;

  constructor(
    private readonly session: Session,
    private readonly env: Environment,
  ) {}

  send(action: string, data: Data, options: SendingOptions = {}): Sending {
    const { lane = '', onWire = () => {} } = options;
    const key = this.env.unique();
    let item!: Item;
    const done = new Promise<Frame>((resolve, reject) => {
      item = { action, data, key, lane, onWire, resolve, reject };
    });
    this.lanes.set(lane, [...(this.lanes.get(lane) ?? []), item]);
    this.flush();
    return { done, cancel: () => this.cancel(item) };
  }

  /** The session of `user` is ready: everything that waits may go. */
  welcomed(user: string): void {
    this.user = user;
    this.welcomes += 1;
    this.flush();
  }

  private flush(): void {
    if (this.session.state !== 'ready') return;
    for (const lane of this.lanes.keys()) void this.run(lane);
  }

  /** Nobody is signed in any more. */
  abandon(): void {
    const items = [...this.lanes.values()].flat();
    this.lanes.clear();
    for (const item of items) item.reject(new ConnectionLost());
  }

  private cancel(item: Item): boolean {
    const items = this.lanes.get(item.lane) ?? [];
    const at = items.indexOf(item);
    if (at < 0 || (at === 0 && this.busy.has(item.lane))) return false;
    items.splice(at, 1);
    item.reject(new CommandError({ code: 'cancelled', message: '' }));
    return true;
  }

  private async run(lane: string): Promise<void> {
    if (this.busy.has(lane)) return;
    this.busy.add(lane);
    let item: Item | undefined;
    let { welcomes } = this;
    while (this.session.state === 'ready' && (item = this.lanes.get(lane)?.[0])) {
      if (await this.attempt(item)) {
        const rest = this.lanes.get(lane);
        if (rest?.[0] === item) rest.shift();
      } else if (welcomes === this.welcomes) {
        break; // the next welcome goes on; on this connection it would fail again and again
      }
      welcomes = this.welcomes;
    }
    this.busy.delete(lane);
    if (this.lanes.get(lane)?.length === 0) this.lanes.delete(lane);
  }

  /** True when the item is settled, one way or the other. */
  private async attempt(item: Item): Promise<boolean> {
    const { keys } = this;
    if (item.user !== undefined && item.user !== this.user) {
      item.reject(new ConnectionLost(true));
      return true;
    }
    item.user = this.user;
    item.onWire(true);
    try {
      const options = keys ? { key: item.key } : {};
      item.resolve(await this.session.request(item.action, item.data, options));
      return true;
    } catch (error) {
      if (error instanceof CommandError) return this.refused(item, error, keys);
      // With a key it is safe to ask again; without, only a person can decide what was on its way.
      const safe = keys || !(error as ConnectionLost).sent;
      if (safe && this.session.state !== 'signedOut') {
        if (!(error as ConnectionLost).sent) this.backFromWire(item);
        return false;
      }
      item.reject(error as Error);
      return true;
    }
  }

  private async refused(item: Item, error: CommandError, keyed: boolean): Promise<boolean> {
    if (keyed && error.code === 'unsupported') {
      this.keys = false;
      return this.attempt(item);
    }
    if (!isBusy(error)) {
      item.reject(error);
      return true;
    }
    this.backFromWire(item);
    await new Promise<void>((done) => {
      this.env.setTimer(done, error.data.retryAfterMs ?? kPauseMs);
    });
    return this.lanes.get(item.lane)?.[0] === item ? this.again(item) : true;
  }

  /** For sure not done: it may be anybody's. */
  private backFromWire(item: Item): void {
    delete item.user;
    item.onWire(false);
  }

  private again(item: Item): Promise<boolean> | boolean {
    return this.session.state === 'ready' ? this.attempt(item) : false;
  }
}

/** It did not run, and will if it is sent a little later. */
function isBusy({ code }: CommandError): boolean {
  return ['rate_limited', 'too_many_inflight', 'overloaded'].includes(code);
}
