// SPDX-License-Identifier: Apache-2.0
// Commands under way: each is matched with its one terminal frame by id. When the connection breaks, those
// of a session that can be resumed are held until the server has said what became of them.

import { ConnectionLost, errorOf } from './errors.js';
import type { ClientFrame, Frame, RequestId } from './protocol.js';

export interface Waiting {
  resolve(frame: Frame): void;
  reject(error: Error): void;
  onProgress?: ((frame: Frame) => void) | undefined;
}

interface Entry extends Waiting {
  frame: ClientFrame;
  /** The connection it was sent on is gone. */
  held: boolean;
}

export class Requests {
  private nextId = 1;
  private readonly entries = new Map<RequestId, Entry>();

  newId(): number {
    return this.nextId++;
  }

  /** Ids of another page of this session still run: they must not be used for something else. */
  avoid(ids: readonly RequestId[]): void {
    const numbers = ids.filter((id): id is number => typeof id === 'number');
    this.nextId = Math.max(this.nextId, ...numbers.map((id) => id + 1));
  }

  open(frame: ClientFrame, waiting: Waiting): void {
    this.entries.set(frame.id!, { ...waiting, frame, held: false });
  }

  /** False for a frame that answers nobody. */
  take(frame: Frame): boolean {
    if (frame.for !== undefined) {
      this.entries.get(frame.for)?.onProgress?.(frame);
      return true;
    }
    const entry = frame.id === undefined ? undefined : this.entries.get(frame.id);
    if (!entry) return false;
    this.entries.delete(frame.id!);
    if (frame.type === 'error') entry.reject(errorOf(frame));
    else entry.resolve(frame);
    return true;
  }

  waitsFor(id: RequestId | undefined): boolean {
    return id !== undefined && this.entries.has(id);
  }

  /** The connection is gone, and the session may be resumed. */
  hold(): void {
    for (const entry of this.entries.values()) entry.held = true;
  }

  /**
   * The session goes on, and every answer that was kept has come. What neither runs nor was answered never
   * arrived, or only read something: it is given back to be sent again, under the same id.
   */
  unsent(running: readonly RequestId[]): ClientFrame[] {
    const again: ClientFrame[] = [];
    for (const [id, entry] of this.entries) {
      if (entry.held && !running.includes(id)) again.push(entry.frame);
      entry.held = false;
    }
    return again;
  }

  /** The session is another one: what became of these nobody can say. */
  failHeld(): void {
    this.fail((entry) => entry.held);
  }

  failAll(): void {
    this.fail(() => true);
  }

  private fail(which: (entry: Entry) => boolean): void {
    const lost = [...this.entries].filter(([, entry]) => which(entry));
    for (const [id] of lost) this.entries.delete(id);
    for (const [, entry] of lost) entry.reject(new ConnectionLost(true));
  }
}
