// SPDX-License-Identifier: Apache-2.0
import type { sessions as en } from '../en/sessions';

export const sessions: Record<keyof typeof en, string> = {
  sessions: 'Сеансы',
  person: 'Человек',
  address: 'Адрес',
  program: 'Программа',
  since: 'С',
  noSessions: 'Здесь никого нет.',
  kick: 'Выгнать',
  kickTitle: 'Выгнать {user}',
  kickText: 'Этот сеанс закроется. Вернуться можно: нельзя лишь отключённым учётным записям.',
  kickDone: 'Сеанс {user} закрыт.',
  reason: 'Причина',
  reasonHint: 'Передаётся при закрытии и остаётся в аудите.',
  inflight: 'Команд сейчас',
};
