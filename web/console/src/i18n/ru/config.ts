// SPDX-License-Identifier: Apache-2.0
import type { config as en } from '../en/config';

export const config: Record<keyof typeof en, string> = {
  key: 'Ключ',
  value: 'Значение',
  takesEffect: 'Изменение вступает в силу',
  atReload: 'при перечитывании',
  atStart: 'при запуске',
  onlySet: 'Только заданное',
  readAgain: 'Перечитать',
  readAgainTitle: 'Перечитать конфигурацию',
  readAgainText: 'При ошибке ничего не изменится, и вы узнаете, где она.',
  readAgainDone: 'Изменено: {keys}.',
  waitForRestart: 'Ждут следующего запуска: {keys}',
};
