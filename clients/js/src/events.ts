// SPDX-License-Identifier: Apache-2.0
// What one may listen to. Names of the client's own events are told apart from the server's types by a
// colon, which no type has.

import type {
  ChatDeleted,
  ChatEdited,
  ChatMessage,
  Combat,
  PlayerState,
  ReadMark,
  Typed,
} from './commands.js';
import type { ConnectionState } from './connection.js';
import type { CommandError } from './errors.js';
import type { Frame, Welcome } from './protocol.js';
import type { SessionState } from './session.js';
import type { Gap } from './subscriptions.js';

/** Frames that are pushed, by type. */
export interface Pushes {
  chatMessage: ChatMessage;
  chatEdited: ChatEdited;
  chatDeleted: ChatDeleted;
  /** A mark was set: here, in another tab of this session, or on another device. */
  read: Typed<'read', ReadMark>;
  playerStateUpdate: Typed<'playerStateUpdate', PlayerState>;
  combatResult: Typed<'combatResult', Combat>;
  worldEvent: Frame & { type: 'worldEvent'; event: string; text?: string; room?: string };
  join: Typed<'join', { name: string }>;
  leave: Typed<'leave', { name: string }>;
  topic: Typed<'topic', { topic: string }>;
  typing: Typed<'typing', { user: { id: string; name: string } }>;
  commandsChanged: Typed<'commandsChanged', { rev: number; added: unknown[]; removed: unknown[] }>;
  unsubscribed: Typed<'unsubscribed', { channel: string; reason?: string }>;
}

export interface ClientEvents extends Pushes {
  'client:state': SessionState;
  'client:connection': ConnectionState;
  /** Let in, the first time and after every reconnect (`again`). */
  'client:welcome': { welcome: Welcome; again: boolean };
  /** Not let in again: somebody has to log in. */
  'client:rejected': CommandError;
  /** Signed out by another tab of the same person. */
  'client:left': undefined;
  /** In a channel, the first time and after every reconnect that could not simply go on. */
  'client:subscribed': Frame;
  /** Messages of a channel are missing for good, or only in its history. */
  'client:gap': Gap;
  /** Not let into a channel again after a reconnect. */
  'client:lost': { channel: string; error: CommandError };
  /** Every frame that is pushed, whatever its type: plugins may invent their own. */
  'client:frame': Frame;
}

type Heard = (event: never) => void;

export class Emitter {
  private readonly listeners = new Map<string, Set<Heard>>();

  /** Call what is returned to stop listening. */
  on<Name extends keyof ClientEvents>(
    name: Name,
    heard: (event: ClientEvents[Name]) => void,
  ): () => void;
  /** A type of frame that is not in the list: a plugin's own. */
  on(name: string, heard: (frame: Frame) => void): () => void;
  on(name: string, heard: Heard): () => void {
    const set = this.listeners.get(name) ?? new Set();
    this.listeners.set(name, set.add(heard));
    return () => set.delete(heard);
  }

  emit(name: string, event: unknown): void {
    for (const heard of [...(this.listeners.get(name) ?? [])]) {
      try {
        heard(event as never);
      } catch (error) {
        // One listener's fault is no reason for the others, or the session, to miss anything.
        console.error(`a listener of ${name} failed`, error);
      }
    }
  }
}
