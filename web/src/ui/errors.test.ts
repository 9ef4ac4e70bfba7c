// SPDX-License-Identifier: Apache-2.0
import { afterEach, describe, expect, it } from 'vitest';
import type { CommandSpec } from '@parley/client';
import { t } from '../i18n';
import { setLocale } from '../state/preferences';
import { reasonText, refusalText } from './errors';

const commands: CommandSpec[] = [
  {
    name: 'move',
    args: [{ name: 'direction', type: 'string', required: true, choices: ['north', 'up'] }],
  },
  {
    name: 'castSpell',
    aliases: ['cast'],
    args: [{ name: 'spellId', type: 'int', required: true, min: 1, max: 200 }],
  },
  {
    name: 'attack',
    args: [{ name: 'target', type: 'string', required: true, max: 100, help: 'существо' }],
  },
];
const invalid = (action: string, field: string) => ({
  code: 'invalid_args',
  message: `${field}: is required`,
  action,
  fields: { [field]: 'is required' },
});

afterEach(() => setLocale('en'));

describe('a refusal', () => {
  it('is the server’s own sentence where the reader understands it', () => {
    expect(refusalText(invalid('move', 'direction'), { commands })).toBe(
      '“direction”: is required (one of north, up).',
    );
    setLocale('ru');
    const said = { code: 'game.no_mana', message: 'маны 3, а нужно 10: отдохните' };
    expect(refusalText(said)).toBe(said.message);
  });

  it('names the argument and what it takes, in the reader’s language', () => {
    setLocale('ru');
    expect(refusalText(invalid('move', 'direction'), { commands })).toBe(
      '«direction» не указано или неверно. Нужно: одно из: north, up.',
    );
    expect(refusalText(invalid('cast', 'spellId'), { commands })).toContain(
      'целое число, от 1 до 200',
    );
    expect(refusalText(invalid('attack', 'target'), { commands })).toContain('существо (текст');
    expect(refusalText(invalid('gone', 'x'), { commands })).toBe('«x» не указано или неверно.');
  });

  it('names the limit, the wait and the command', () => {
    setLocale('ru');
    const english = { message: 'some English' };
    expect(refusalText({ code: 'too_large', ...english }, { messageLimit: 4000 })).toMatch(
      /4\s000/,
    );
    expect(refusalText({ code: 'rate_limited', retryAfterMs: 4200, ...english })).toContain(
      '5 секунд',
    );
    expect(refusalText({ code: 'unknown_action', action: 'nosuch', ...english })).toContain(
      'nosuch',
    );
  });

  it('has words for every code of the protocol, in both languages', () => {
    const codes =
      'bad_json bad_request bad_frame unknown_action invalid_args too_large duplicate_id unauthorized ' +
      'token_expired token_revoked forbidden blocked rate_limited too_many_inflight overloaded ' +
      'not_found conflict plugin_unavailable plugin_timeout plugin_crashed plugin_error position_lost ' +
      'outcome_unknown backend_timeout backend_unavailable backend_bad_reply backend_rejected ' +
      'channel_limit unsupported internal';
    for (const language of ['en', 'ru'] as const) {
      setLocale(language);
      for (const code of codes.split(' ')) {
        if (code === 'unknown_action') continue; // always with its name
        expect(reasonText(code), code).not.toBe(t('errOther', { code }));
      }
    }
  });
});
