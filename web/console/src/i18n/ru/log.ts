// SPDX-License-Identifier: Apache-2.0
import type { log as en } from '../en/log';

export const log: Record<keyof typeof en, string> = {
  log: 'Журнал',
  level: 'Уровень',
  component: 'Часть',
  user: 'Человек',
  pause: 'Приостановить',
  goOn: 'Продолжить',
  logCut: 'Журнал длиннее того, что просматривается. Уточните уровень, плагин или человека.',
  setLevel: 'Задать уровень',
  setLevelText: 'Действует, пока конфигурацию не прочитают снова.',
  setLevelDone: '{component}: запись с уровня {level}.',
};
