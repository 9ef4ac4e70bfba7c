// SPDX-License-Identifier: Apache-2.0
// Completion of command lines, from the table the server sends: what matches, what comes next.

import type { ArgSpec, CommandSpec, Member } from '@parley/client';

export interface SlashState {
  /** The name is still being typed. */
  choosing: boolean;
  matches: CommandSpec[];
  /** The command whose arguments are being typed, and which one the caret is in. */
  command?: CommandSpec;
  arg: number;
  choices: string[];
}

const kClosed: SlashState = { choosing: false, matches: [], arg: -1, choices: [] };

/** Core and module actions that make no sense as a typed line. */
const kHidden = new Set([
  'auth',
  'resume',
  'ping',
  'ack',
  'sync',
  'sendChat',
  // The page has tools for these; in a line they would want numbers that nobody sees.
  'editMessage',
  'deleteMessage',
  'endSession',
  'typing',
  'commands',
]);

/** Commands that take passwords are refused in a command line, so they are not offered there. */
const typable = (command: CommandSpec): boolean =>
  !kHidden.has(command.name) && !command.args?.some((arg) => arg.secret);

export function slashState(
  line: string,
  commands: readonly CommandSpec[],
  members: readonly Member[] = [],
): SlashState {
  const match = /^\s*\/(?!\/)(\S*)(\s[^]*)?$/.exec(line);
  if (!match) return kClosed;
  const word = match[1]!.toLowerCase();
  if (match[2] === undefined) {
    return { choosing: true, matches: rank(word, commands), arg: -1, choices: [] };
  }
  const command = findCommand(word, commands);
  // Said while it is typed, not only once it is sent: its plugin may have gone meanwhile.
  if (!command) return commands.length > 0 ? { ...kClosed, choosing: true } : kClosed;
  if (!typable(command)) return kClosed;
  const words = match[2].replace(/^\s+/, '').split(/\s+/);
  const args = command.args ?? [];
  const arg = Math.min(words.length - 1, args.length - 1);
  const choices = choicesFor(args[arg], words[arg], members);
  return { choosing: false, matches: [], command, arg, choices };
}

function choicesFor(
  arg: ArgSpec | undefined,
  typed: string | undefined,
  members: readonly Member[],
): string[] {
  const prefix = (typed ?? '').replace(arg?.type === 'user' ? /^@/ : '', '').toLowerCase();
  const people = arg?.type === 'user' ? members.map(({ name }) => name) : [];
  const all = [...(arg?.choices ?? []).map(String), ...people];
  const left = all.filter((choice) => choice.toLowerCase().startsWith(prefix));
  return left.length === 1 && left[0]!.toLowerCase() === prefix ? [] : left;
}

/** The name people would type: the server's own verbs and names made for programs have an alias. */
export function friendlyName(command: CommandSpec): string {
  const technical = command.plugin === 'core' || /[A-Z]/.test(command.name);
  return (technical && command.aliases?.[0]) || command.name;
}

export interface CommandGroup {
  /** The plugin, or `core` for what the server itself offers. */
  plugin: string;
  commands: CommandSpec[];
}

/** By plugin, the server's own first, without what nobody types. */
export function grouped(commands: readonly CommandSpec[]): CommandGroup[] {
  const groups = new Map<string, CommandSpec[]>();
  for (const command of commands.filter(typable)) {
    const plugin = command.plugin ?? 'core';
    groups.set(plugin, [...(groups.get(plugin) ?? []), command]);
  }
  const byName = (a: CommandSpec, b: CommandSpec): number =>
    friendlyName(a).localeCompare(friendlyName(b));
  return [...groups]
    .map(([plugin, list]) => ({ plugin, commands: list.sort(byName) }))
    .sort(
      (a, b) =>
        Number(b.plugin === 'core') - Number(a.plugin === 'core') ||
        a.plugin.localeCompare(b.plugin),
    );
}

export function findCommand(
  name: string,
  commands: readonly CommandSpec[],
): CommandSpec | undefined {
  const wanted = name.replace(/^\//, '').toLowerCase();
  return commands.find((command) => namesOf(command).some((one) => one.toLowerCase() === wanted));
}

function namesOf(command: CommandSpec): string[] {
  return [command.name, ...(command.aliases ?? [])];
}

function rank(word: string, commands: readonly CommandSpec[]): CommandSpec[] {
  const score = (command: CommandSpec): number => {
    const names = namesOf(command).map((name) => name.toLowerCase());
    if (names[0]!.startsWith(word)) return 0;
    if (names.some((name) => name.startsWith(word))) return 1;
    return names.some((name) => name.includes(word)) ? 2 : -1;
  };
  return commands
    .filter(typable)
    .map((command) => ({ command, rank: score(command) }))
    .filter((item) => item.rank >= 0)
    .sort(
      (a, b) => a.rank - b.rank || friendlyName(a.command).localeCompare(friendlyName(b.command)),
    )
    .map((item) => item.command);
}

/** The line after a name was chosen: ready for its first argument, if it has one. */
export function completeName(command: CommandSpec): string {
  return `/${friendlyName(command)}${command.args?.length ? ' ' : ''}`;
}

/** The line after a choice was taken for the argument at the caret. */
export function completeChoice(line: string, choice: string): string {
  // What has blanks in it would be read as several arguments.
  const word = /[\s"]/.test(choice) ? JSON.stringify(choice) : choice;
  // A function, so that a name with a $ in it stays as it is.
  return line.replace(/\S*$/, () => `${word} `);
}

/** More than this is said, not run. */
const kMeantLength = 60;

/** `/move north` for `move north`: what would run as it stands, had it begun with a slash. */
export function meantCommand(line: string, commands: readonly CommandSpec[]): string | undefined {
  const said = line.trim();
  if (said.length > kMeantLength || !/^[^\s/]+( [^\s]+)*$/.test(said)) return undefined;
  const [name, ...words] = said.split(' ');
  const command = findCommand(name!, commands);
  if (!command || !typable(command)) return undefined;
  const args = command.args ?? [];
  const fits =
    words.length <= args.length &&
    args.every((arg, index) => wouldTake(arg, words[index]));
  return fits ? `/${said}` : undefined;
}

/** Any sentence would do for a text that goes on to the end: that says nothing. */
function wouldTake(arg: ArgSpec, word: string | undefined): boolean {
  if (word === undefined) return !arg.required;
  if (arg.choices?.length)
    return arg.choices.some((choice) => String(choice).toLowerCase() === word.toLowerCase());
  if (arg.type === 'int' || arg.type === 'number') return Number.isFinite(Number(word));
  return !arg.rest;
}

/** `<direction>` for what must be there, `[count]` for what may. */
export function signature(arg: ArgSpec): string {
  return arg.required ? `<${arg.name}>` : `[${arg.name}]`;
}
