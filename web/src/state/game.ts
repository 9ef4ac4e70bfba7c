// SPDX-License-Identifier: Apache-2.0
// The player's state as the game module pushes it. Every field may be missing: other modules and
// backends send `playerStateUpdate` with what they have.

import { signal, type Signal } from '@preact/signals';
import type { Data, Json } from '@parley/client';
import { list, number, object, text } from './messages';

export interface Named {
  id: string;
  name: string;
  detail?: string;
}

export interface Player {
  name?: string;
  hp?: number;
  maxHp?: number;
  mana?: number;
  maxMana?: number;
  score?: number;
  level?: number;
  /** What just happened, in words. */
  text?: string;
  room?: {
    name: string;
    description?: string;
    exits: string[];
    items: Named[];
    players: Named[];
    creatures: Named[];
  };
  inventory?: Named[];
  /** Fields this page has no place for, shown as they are. */
  rest: [string, Json][];
}

const kKnown = new Set([
  'name',
  'x',
  'y',
  'hp',
  'maxHp',
  'mana',
  'maxMana',
  'score',
  'level',
  'text',
  'room',
  'inventory',
]);

export function parsePlayer(data: Data): Player {
  const player: Player = {
    rest: Object.entries(data).filter(
      (pair): pair is [string, Json] => !kKnown.has(pair[0]) && pair[1] !== undefined,
    ),
  };
  const name = text(data['name']);
  if (name) player.name = name;
  const said = text(data['text']);
  if (said) player.text = said;
  for (const key of ['hp', 'maxHp', 'mana', 'maxMana', 'score', 'level'] as const) {
    const value = number(data[key]);
    if (value !== undefined) player[key] = value;
  }
  const room = object(data['room']);
  if (room) player.room = parseRoom(room);
  if (Array.isArray(data['inventory'])) player.inventory = named(data['inventory']);
  return player;
}

function parseRoom(room: Data): Player['room'] {
  const description = text(room['description']);
  const exits = Array.isArray(room['exits'])
    ? room['exits']
    : Object.keys(object(room['exits']) ?? {});
  return {
    name: text(room['name']) ?? text(room['id']) ?? '',
    ...(description ? { description } : {}),
    exits: named(exits).map((exit) => exit.id),
    items: named(room['items']),
    players: named(room['players']),
    creatures: named(room['creatures']),
  };
}

/** Things come as plain names or as objects with id, name and perhaps hp or count. */
function named(value: unknown): Named[] {
  return list(value).flatMap((item): Named[] => {
    if (typeof item === 'string') return [{ id: item, name: item }];
    const thing = object(item);
    const id = text(thing?.['id']) ?? text(thing?.['direction']) ?? text(thing?.['name']);
    if (!thing || !id) return [];
    return [{ id, name: text(thing['name']) ?? id, ...detail(thing) }];
  });
}

function detail(thing: Data): { detail?: string } {
  const hp = number(thing['hp']);
  const maxHp = number(thing['maxHp']);
  const count = number(thing['count']);
  if (hp !== undefined) return { detail: maxHp !== undefined ? `${hp}/${maxHp}` : String(hp) };
  return count !== undefined && count > 1 ? { detail: `× ${count}` } : {};
}

export const player = signal<Player | undefined>(undefined);

/** What was told last of the place where the player is: buttons of an older one lead from elsewhere. */
export const present: Signal<Data | undefined> = signal(undefined);

/** A partial update changes what it names. `asked`: it is an answer, and stands in the stream. */
export function updatePlayer(data: Data, asked = false): void {
  const news = parsePlayer(data);
  const moved = news.room && news.room.name !== player.value?.room?.name;
  player.value = { ...player.value, ...news };
  if (news.room && (asked || moved)) present.value = data;
}
