// SPDX-License-Identifier: Apache-2.0
import type { shell as en } from '../en/shell';

export const shell: Record<keyof typeof en, string> = {
  consoleTitle: 'Консоль Parley',
  navigation: 'Страницы консоли',
  menu: 'Меню',
  language: 'Язык',
  theme: 'Тема',
  themeAuto: 'Авто',
  themeLight: 'Светлая',
  themeDark: 'Тёмная',
  logIn: 'Войти',
  logOut: 'Выйти',
  name: 'Имя',
  password: 'Пароль',
  code: 'Одноразовый код',
  loginHint: 'Для учётных записей с ролью admin.',
  firstHint: 'Новый сервер показал код при первом запуске.',
  haveCode: 'У меня есть код нового сервера',
  backToLogin: 'У меня есть учётная запись',
  makeFirst: 'Стать первым администратором',
  wrongLogin: 'Имя или пароль неверны.',
  wrongPassword: 'Пароль неверен.',
  noAdmin: 'Эта учётная запись не администратор. Роль может дать другой администратор.',
  loginEnded: 'Ваш вход завершился. Войдите снова, чтобы продолжить.',
  passwordAgain: 'Ваш пароль ещё раз',
};
