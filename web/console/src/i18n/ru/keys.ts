// SPDX-License-Identifier: Apache-2.0
import type { keys as en } from '../en/keys';

export const keys: Record<keyof typeof en, string> = {
  adminKeys: 'Ключи',
  keysText: 'С ключом программа управляет этим сервером через порт оператора, в пределах его прав.',
  noKeysMade: 'Ключей нет.',
  makeKey: 'Создать ключ',
  makeKeyText: 'Годится только для этих прав, пока не истечёт или не будет отозван.',
  makeKeyDone: 'Ключ создан.',
  keyNameHint: 'Что им пользуется.',
  scopes: 'Права',
  scopesHint: 'people позволяет стать кем угодно; upload приносит код.',
  lastUse: 'Последнее обращение',
  never: 'никогда',
  revokeKeyTitle: 'Отозвать ключ {name}',
  revokeKeyText: 'Всё, что им пользуется, будет отклоняться.',
};
