// SPDX-License-Identifier: Apache-2.0
// The server's table of commands, and what came of one that was tried.

import { number, t, type Key } from '../i18n';
import { flag, quoted } from '../ui/action';

export interface Argument {
  name: string;
  type: string;
  required: boolean;
  secret: boolean;
  rest: boolean;
  choices: string[];
  help: string;
  min?: number;
  max?: number;
  preset?: string;
}

export interface Command {
  name: string;
  aliases: string[];
  usage: string;
  help: string;
  args: Argument[];
  roles: string[];
  anonymous: boolean;
  hidden: boolean;
  plugin: string;
  version: string;
  generation: number;
}

export interface Outcome {
  line: string;
  user: { id: string; name: string; kind: string };
  command: string;
  /** "ok", or the code of the error. */
  result: string;
  answer: Frame | null;
  frames: Frame[];
  framesLeftOut: number;
  tookUs?: number;
  servedBy: { plugin: string; version: string; generation?: number } | null;
}

export type Frame = Record<string, unknown> & { type?: string; data?: { message?: string } };

export interface Typed {
  line: string;
  user: string;
  channel: string;
}

/** As the server takes it: with the / that people may leave out here. */
export function lineOf(typed: string): string {
  const line = typed.trim();
  return line === '' || line.startsWith('/') ? line : `/${line}`;
}

/** The command that a line names, under whichever of its names. */
export function commandIn(line: string, commands: readonly Command[]): Command | undefined {
  const name = /^\/(\S+)/.exec(lineOf(line))?.[1]?.toLowerCase();
  if (name === undefined) return undefined;
  return commands.find((one) => [one.name, ...one.aliases].some((other) => other.toLowerCase() === name));
}

export function ctlLine({ line, user, channel }: Typed): string {
  return `parleyctl try ${quoted(lineOf(line) || '/COMMAND')}${flag('as', user.trim())}${flag('channel', channel.trim())}`;
}

export function rolesText({ roles, anonymous }: Pick<Command, 'roles' | 'anonymous'>): string {
  if (roles.length > 0) return roles.join(', ');
  return t(anonymous ? 'forAnybodyAtAll' : 'forEverybody');
}

const kTypes: Partial<Record<string, Key>> = {
  string: 'typeString',
  int: 'typeInt',
  number: 'typeNumber',
  bool: 'typeBool',
  user: 'typeUser',
  channel: 'typeChannel',
  json: 'typeJson',
};

/** What may stand in its place: its type, and what narrows it. */
export function typeText(argument: Argument): string {
  const { type, choices, min, max, preset } = argument;
  const key = kTypes[type];
  const parts = [choices.length > 0 ? t('oneOf', { choices: choices.join(', ') }) : key ? t(key) : type];
  if (type === 'int' || type === 'number') parts.push(...rangeText(min, max));
  parts.push(t(argument.required ? 'required' : 'optional'));
  if (preset !== undefined) parts.push(t('presetIs', { preset }));
  if (argument.rest) parts.push(t('restArgument'));
  if (argument.secret) parts.push(t('secretArgument'));
  return parts.join(', ');
}

function rangeText(min?: number, max?: number): string[] {
  if (min !== undefined && max !== undefined) return [t('fromTo2', { min: number(min), max: number(max) })];
  if (min !== undefined) return [`≥ ${number(min)}`];
  return max === undefined ? [] : [`≤ ${number(max)}`];
}

export function servedText({ servedBy, result }: Pick<Outcome, 'servedBy' | 'result'>): string {
  if (servedBy === null) return result === 'ok' ? '–' : t('servedNobody');
  const { plugin, version, generation } = servedBy;
  return generation === undefined ? `${plugin} ${version}` : t('generationOf', { plugin, version, generation });
}
