// SPDX-License-Identifier: Apache-2.0
import { describe, expect, it } from 'vitest';
import type { CommandSpec } from '@parley/client';
import {
  completeChoice,
  completeName,
  findCommand,
  friendlyName,
  grouped,
  meantCommand,
  signature,
  slashState,
} from './slash';

const move: CommandSpec = {
  name: 'move',
  aliases: ['go'],
  plugin: 'game',
  args: [{ name: 'direction', type: 'string', required: true, choices: ['north', 'south'] }],
};
const roll: CommandSpec = {
  name: 'roll',
  plugin: 'dice',
  args: [{ name: 'dice', type: 'string' }],
};
const look: CommandSpec = { name: 'look', plugin: 'game' };
const login: CommandSpec = {
  name: 'login',
  args: [{ name: 'password', type: 'string', secret: true }],
};
const all = [roll, move, look, login, { name: 'sendChat' }];
const names = (line: string): string[] =>
  slashState(line, all).matches.map((command) => command.name);

describe('slash completion', () => {
  it('offers everything typable after a slash, in order', () => {
    expect(names('/')).toEqual(['look', 'move', 'roll']);
  });

  it('finds by beginning, by alias, by part', () => {
    expect(names('/mo')).toEqual(['move']);
    expect(names('/go')).toEqual(['move']);
    expect(names('/oo')).toEqual(['look']);
    expect(names('/xyz')).toEqual([]);
    expect(slashState('/xyz', all).choosing).toBe(true);
  });

  it('stays out of ordinary text and of the escape', () => {
    for (const line of ['', 'hi', 'a /b', '//roll', 'http://x']) {
      expect(slashState(line, all)).toMatchObject({ choosing: false, matches: [] });
    }
  });

  it('never offers what takes a password', () => {
    expect(names('/login')).toEqual([]);
    expect(slashState('/login x', all).command).toBeUndefined();
  });

  it('offers the choices of the argument at the caret', () => {
    expect(slashState('/move ', all)).toMatchObject({
      command: move,
      arg: 0,
      choices: ['north', 'south'],
    });
    expect(slashState('/go n', all).choices).toEqual(['north']);
    expect(slashState('/move north', all).choices).toEqual([]);
  });

  it('offers the people here where a person is wanted, with or without a mark', () => {
    const msg: CommandSpec = {
      name: 'msg',
      args: [{ name: 'user', type: 'user', required: true }],
    };
    const members = ['Neo', 'Mary Ann'].map((name) => ({ id: name, name, kind: 'user' }));
    const choices = (line: string): string[] => slashState(line, [msg], members).choices;
    expect(choices('/msg ')).toEqual(['Neo', 'Mary Ann']);
    expect(choices('/msg @n')).toEqual(['Neo']);
    expect(completeChoice('/msg @n', 'Neo')).toBe('/msg Neo ');
    expect(completeChoice('/msg m', 'Mary Ann')).toBe('/msg "Mary Ann" ');
  });

  it('completes names and choices', () => {
    expect(completeName(move)).toBe('/move ');
    expect(completeName(look)).toBe('/look');
    expect(completeChoice('/move n', 'north')).toBe('/move north ');
    expect(signature(move.args![0]!)).toBe('<direction>');
    expect(signature(roll.args![0]!)).toBe('[dice]');
  });

  it('shows the name people type, and groups by plugin with the server first', () => {
    const table: CommandSpec[] = [
      { name: 'roll', plugin: 'dice' },
      { name: 'inventory', aliases: ['inv'], plugin: 'game' },
      { name: 'castSpell', aliases: ['cast'], plugin: 'game' },
      { name: 'typing', plugin: 'chat' },
      { name: 'subscribe', aliases: ['join'], plugin: 'core' },
    ];
    expect(table.map(friendlyName)).toEqual(['roll', 'inventory', 'cast', 'typing', 'join']);
    expect(grouped(table).map((group) => [group.plugin, group.commands.map(friendlyName)])).toEqual(
      [
        ['core', ['join']],
        ['dice', ['roll']],
        ['game', ['cast', 'inventory']],
      ],
    );
    expect(findCommand('/JOIN', table)?.name).toBe('subscribe');
  });
});

describe('a line whose slash was forgotten', () => {
  const meant = (line: string): string | undefined => meantCommand(line, all);

  it('is known by a name and by what it takes', () => {
    expect(meant('move north')).toBe('/move north');
    expect(meant('Go SOUTH ')).toBe('/Go SOUTH');
    expect(meant('look')).toBe('/look');
    expect(meant('roll 2d6')).toBe('/roll 2d6');
  });

  it('is not taken for one where it would not run, or is plainly said', () => {
    for (const line of ['', 'move', 'move on', 'look at this', 'roll 2d6 now', '/look', 'look\n', 'login x'])
      expect(meant(line === 'look\n' ? 'look\nhere' : line), line).toBeUndefined();
    const topic: CommandSpec = { name: 'topic', args: [{ name: 'text', type: 'string', rest: true }] };
    expect(meantCommand('topic tea', [topic])).toBeUndefined();
  });
});
