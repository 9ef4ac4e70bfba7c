// SPDX-License-Identifier: Apache-2.0
import { afterEach, describe, expect, it } from 'vitest';
import { setLocale } from '@page/state/preferences';
import { kOwn, query, Refusal } from './api';
import { en, type Key } from './i18n/en';
import { ownWords, problemText, sentence } from './i18n';
import { ru } from './i18n/ru';
import { percentile, sampleOf, type Live } from './live';
import { commandText, ruleText, subjectText } from './pages/access_actions';
import { base64Url } from './pages/base64';
import { textOf as wordsOf } from './pages/channel_actions';
import { commandIn, ctlLine, rolesText, servedText, typeText, type Argument, type Command } from './pages/command_table';
import { trialOf, trialText } from './pages/canary_actions';
import { changedFields, fieldsOf, textOf, valueOf, type PluginConfig } from './pages/config_form';
import { reasonOf } from './pages/Explain';
import { createLine } from './pages/people_actions';
import { nameOf, type Version } from './pages/version_actions';
import { flag, quoted } from './ui/action';
import { pointsOf } from './ui/Chart';

const files = import.meta.glob<Record<string, Record<string, string>>>(['./i18n/en/*.ts', '!**/index.ts'], { eager: true });

const live = (change: Partial<Live>): Live => ({
  at: 0,
  connections: 0,
  messagesIn: 0,
  messagesOut: 0,
  queueBytes: 0,
  commands: 0,
  memoryBytes: 0,
  databaseQueue: 0,
  latency: { boundsUs: [10, 100], counts: [0, 0, 0] },
  ...change,
});

describe('texts', () => {
  const placeholders = (text: string): string[] => [...new Set(text.match(/\{\w+\}/g) ?? [])].sort();
  it('use the same values in both languages', () => {
    for (const key of Object.keys(en) as Key[]) expect(placeholders(ru[key]), key).toEqual(placeholders(en[key]));
  });
  it('are all translated', () => {
    const same = (Object.keys(en) as Key[]).filter((key) => en[key] === ru[key]);
    expect(same).toEqual(['origin']);
  });
  it('have each key in one file', () => {
    const keys = Object.values(files).flatMap((file) => Object.values(file).flatMap((texts) => Object.keys(texts)));
    expect(keys.filter((key, at) => keys.indexOf(key) !== at)).toEqual([]);
    expect(keys.sort()).toEqual(Object.keys(en).sort());
  });
});

describe('the table of commands', () => {
  const dice: Argument = { name: 'dice', type: 'string', required: false, secret: false, rest: false, choices: [], help: '' };
  const roll: Command = {
    name: 'roll',
    aliases: ['throw'],
    usage: '/roll [dice]',
    help: '',
    args: [dice],
    roles: [],
    anonymous: false,
    hidden: false,
    plugin: 'dice',
    version: '1.0.0',
    generation: 2,
  };
  it('is searched for what a line names, under any of its names', () => {
    expect(['/roll 2d6', 'THROW', ' /roll'].map((line) => commandIn(line, [roll])?.name)).toEqual(['roll', 'roll', 'roll']);
    expect(['/rolling', '/', '', '2d6 /roll'].map((line) => commandIn(line, [roll]))).toEqual(Array(4).fill(undefined));
  });
  it('says for whom a command is and what its arguments take', () => {
    expect(rolesText(roll)).toBe('everybody');
    expect(rolesText({ roles: ['moderator', 'admin'], anonymous: false })).toBe('moderator, admin');
    expect(typeText(dice)).toBe('text, may be left out');
    expect(typeText({ ...dice, type: 'int', required: true, min: 1, max: 9 })).toBe('whole number, 1 to 9, needed');
    expect(typeText({ ...dice, choices: ['a', 'b'], rest: true, preset: 'a' })).toBe(
      'one of a, b, may be left out, else a, the rest of the line',
    );
    expect(typeText({ ...dice, type: 'colour' })).toBe('colour, may be left out');
  });
  it('is tried with the same line in a shell', () => {
    expect(ctlLine({ line: 'roll 2d6', user: ' Neo ', channel: 'global' })).toBe(
      "parleyctl try '/roll 2d6' --as Neo --channel global",
    );
    expect(ctlLine({ line: '', user: '', channel: '' })).toBe('parleyctl try /COMMAND');
  });
  it('says who served', () => {
    const servedBy = { plugin: 'dice', version: '1.0.0', generation: 2 };
    expect(servedText({ servedBy, result: 'ok' })).toBe('dice 1.0.0, generation 2');
    expect(servedText({ servedBy: { plugin: 'core', version: '0.1.0' }, result: 'ok' })).toBe('core 0.1.0');
    expect(servedText({ servedBy: null, result: 'forbidden' })).toContain('refused before');
  });
});

describe('messages', () => {
  it('are their words, or the kind of thing they are', () => {
    const message = { offset: 1, ts: 0 };
    expect(wordsOf({ ...message, type: 'chatMessage', data: { text: 'hello' } })).toBe('hello');
    expect(wordsOf({ ...message, type: 'worldEvent' })).toBe('worldEvent');
  });
});

describe('figures', () => {
  it('make rates of two answers', () => {
    const sample = sampleOf(live({ at: 1000, messagesIn: 10, commands: 4 }), live({ at: 3000, messagesIn: 30, commands: 14 }));
    expect([sample.messages, sample.commands]).toEqual([10, 5]);
  });
  it('take a server that began again for no loss', () => {
    expect(sampleOf(live({ at: 0, messagesIn: 500 }), live({ at: 1000, messagesIn: 3 })).messages).toBe(0);
  });
  it('name the bound under which a share lies', () => {
    expect(percentile([10, 100], [98, 1, 1], 0.5)).toBe(10);
    expect(percentile([10, 100], [98, 1, 1], 0.99)).toBe(100);
    expect(percentile([10, 100], [0, 0, 0], 0.5)).toBe(0);
    expect(percentile([10, 100], [0, 0, 5], 0.5)).toBe(100);
  });
  it('are drawn from the right, the highest at the top', () => {
    expect(pointsOf([0, 10], 10, 2)).toBe('0.0,62.0 240.0,2.0');
  });
});

describe('the configuration of a plugin', () => {
  const shown: PluginConfig = {
    config: { hp: 30, name: 'x', deep: { on: true, size: 2 }, list: [1], free: { any: 1 } },
    origins: { '/hp': 'overlay', '/deep/size': 'default' },
    schema: {
      type: 'object',
      properties: {
        hp: { type: 'integer', minimum: 1, description: 'Health' },
        name: { type: 'string' },
        deep: { type: 'object', properties: { on: { type: 'boolean' }, size: { type: 'number' } } },
        list: { type: 'array' },
        free: { type: 'object' },
      },
    },
    file: 'game.yaml',
  };
  it('is a field for each key', () => {
    expect(fieldsOf(shown).map(({ path, kind }) => `${path}:${kind}`)).toEqual([
      'deep.on:truth',
      'deep.size:number',
      'free:json',
      'hp:whole',
      'list:json',
      'name:text',
    ]);
    expect(fieldsOf(shown).find(({ path }) => path === 'hp')).toMatchObject({ origin: 'overlay', help: 'Health', value: 30 });
  });
  it('has a form without a schema too', () => {
    expect(fieldsOf({ ...shown, schema: null }).map(({ path }) => path)).toEqual(['deep', 'free', 'hp', 'list', 'name']);
  });
  it('is sent where it was changed, typed', () => {
    const fields = fieldsOf(shown);
    expect(changedFields(fields, { hp: '30', name: 'y' }).map(({ path }) => path)).toEqual(['name']);
    expect([valueOf('whole', '3'), valueOf('whole', '3.5'), valueOf('whole', ''), valueOf('number', '3.5')]).toEqual([
      3,
      undefined,
      undefined,
      3.5,
    ]);
    expect([valueOf('truth', 'false'), valueOf('json', '[1,2]'), valueOf('json', '[1')]).toEqual([false, [1, 2], undefined]);
    expect(textOf({ kind: 'json', value: [1] })).toBe('[1]');
  });
});

describe('an account that is made', () => {
  it('is the same line of parleyctl', () => {
    expect(createLine(undefined, ['user'])).toBe('parleyctl user create NAME');
    expect(createLine("O'Neo", ['user', 'moderator', 'admin'])).toBe("parleyctl user create 'O'\\''Neo' --role moderator --role admin");
  });
});

describe('refusals', () => {
  afterEach(() => setLocale('en'));
  const refused = new Refusal(409, 'conflict', 'plugin game keeps state');
  it('are in the words of the server where the reader speaks its language', () => {
    setLocale('en');
    expect([sentence(refused), ownWords(refused)]).toEqual(['plugin game keeps state', undefined]);
    expect(sentence(new Refusal(0, 'unreachable', ''))).toBe(en.errorUnreachable);
    expect(sentence(new Refusal(409, 'conflict', ''))).toBe(en.errorConflict);
  });
  it('say elsewhere what kind it is, and then the same', () => {
    setLocale('ru');
    expect([sentence(refused), ownWords(refused)]).toEqual([ru.errorConflict, 'plugin game keeps state']);
    expect(ownWords(new Refusal(429, 'rate_limited', 'slow down'))).toBeUndefined();
    expect([sentence(new Refusal(409, kOwn, 'Нет.')), ownWords(new Refusal(409, kOwn, 'Нет.'))]).toEqual(['Нет.', undefined]);
  });
  it('of a value are in the language of the reader', () => {
    const wrong = { file: '', line: 0, path: 'config.hp', message: 'must be integer or null, is "x"', rule: 'type', values: ['integer or null', '"x"'] };
    expect(problemText(wrong)).toBe(wrong.message);
    setLocale('ru');
    expect(problemText(wrong)).toBe('нужно: целое число или null, здесь "x"');
    expect(problemText({ ...wrong, rule: 'minimum', values: ['1', '0'] })).toBe('нужно не меньше 1, здесь 0');
    expect(problemText({ ...wrong, rule: 'later' })).toBe(wrong.message);
  });
  it('of a code that nobody knows lose nothing', () => {
    setLocale('ru');
    const odd = new Refusal(418, 'teapot', 'short and stout');
    expect(sentence(odd)).toContain('418');
    expect(ownWords(odd)).toBe('short and stout');
  });
});

describe('a canary', () => {
  it('is read from the line that the server says', () => {
    expect(trialOf('1.1.0 (generation 3) for 10 % of the sessions')).toEqual({ version: '1.1.0', generation: 3, percent: 10 });
    expect(trialOf('1.1.0 (generation 3) for the user neo')).toEqual({ version: '1.1.0', generation: 3, users: 'neo' });
    expect(trialOf('1.1.0 (generation 3) for the users neo, 10 % of the sessions')).toMatchObject({
      users: 'neo, 10 % of the sessions',
    });
  });
  it('is shown as it came when that is said in another way', () => {
    expect(trialText('something new', '1.0.0')).toBe('something new');
    expect(trialText('1.1.0 (generation 3) for 10 % of the sessions', '1.0.0')).toBe(
      '1.1.0 serves 10 % of the sessions, 1.0.0 the others.',
    );
  });
});

describe('kept versions', () => {
  const version = (file: string): Version => ({
    version: '1.0.0',
    sha256: '',
    file: `/state/plugins/dice/${file}.so`,
    signedBy: '',
    revoked: '',
    bytes: 1,
    pinned: false,
    serving: false,
  });
  it('are named by their number, and by their file where two share it', () => {
    const [one, other] = [version('1.0.0-aaaaaaaaaaaa'), version('1.0.0-bbbbbbbbbbbb')];
    expect(nameOf(one, [one])).toBe('1.0.0');
    expect(nameOf(other, [one, other])).toBe('1.0.0-bbbbbbbbbbbb');
  });
});

describe('access rules', () => {
  const people = new Map([['u_1', 'Neo']]);
  const rule = { allow: false, subject: 'user:u_1', command: 'plugin:game', channel: '*', note: '' };
  const answer = { user: 'Neo', command: 'look', allowed: false, because: '' };
  it('name who and what', () => {
    expect(['everyone', 'role:admin', 'user:u_1', 'user:u_2'].map((one) => subjectText(one, people))).toEqual([
      'everyone',
      'role admin',
      'Neo',
      'u_2',
    ]);
    expect(['*', 'roll', 'plugin:game'].map(commandText)).toEqual(['every command', '/roll', 'every command of game']);
    expect(ruleText(rule, people)).toBe('deny: Neo, every command of game, anywhere');
  });
  it('are explained by the rule or by the roles', () => {
    expect(reasonOf({ ...answer, rule: 1, because: 'rule 1 says so' }, [rule], people)).toContain('Rule 1 decides: deny: Neo');
    expect(reasonOf({ ...answer, rule: 2, because: 'rule 2 says so' }, [rule], people)).toBe('rule 2 says so');
    const because = 'no rule is about this, and the command is for the roles: admin';
    expect(reasonOf({ ...answer, because }, [], people)).toContain('for the roles: admin.');
  });
});

describe('lines for a shell', () => {
  it('have a flag where it has a value', () => {
    expect([flag('note', ''), flag('note', undefined), flag('note', 'a b')]).toEqual(['', '', " --note 'a b'"]);
  });
  it('quote what a shell would read otherwise', () => {
    expect([quoted('dice'), quoted("it's; rm"), quoted('$x')]).toEqual(['dice', `'it'\\''s; rm'`, `'$x'`]);
  });
});

describe('what is sent', () => {
  it('leaves out what is empty', () => {
    expect(query({ user: '', action: 'a b', limit: 5 })).toBe('?action=a+b&limit=5');
  });
  it('takes files as base64url', () => {
    expect(base64Url(new Uint8Array([251, 255, 254, 0]))).toBe('-__-AA');
    const large = new Uint8Array(100_000).fill(7);
    expect(base64Url(large)).toBe(Buffer.from(large).toString('base64url'));
  });
});
