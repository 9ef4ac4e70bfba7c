// SPDX-License-Identifier: Apache-2.0
import type { audit as en } from '../en/audit';

export const audit: Record<keyof typeof en, string> = {
  audit: 'Аудит',
  when: 'Когда',
  who: 'Кто',
  action: 'Действие',
  onWhat: 'Над чем',
  result: 'Итог',
  detail: 'Подробности',
  atMostLines: 'Не больше',
};
