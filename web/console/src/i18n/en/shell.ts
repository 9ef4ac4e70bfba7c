// SPDX-License-Identifier: Apache-2.0
// The frame of the console and its door.

export const shell = {
  consoleTitle: 'Parley console',
  navigation: 'Pages of the console',
  menu: 'Menu',
  language: 'Language',
  theme: 'Theme',
  themeAuto: 'Auto',
  themeLight: 'Light',
  themeDark: 'Dark',
  logIn: 'Log in',
  logOut: 'Log out',
  name: 'Name',
  password: 'Password',
  code: 'One-time code',
  loginHint: 'For accounts with the role admin.',
  firstHint: 'A new server has shown a code at its first start.',
  haveCode: 'I have the code of a new server',
  backToLogin: 'I have an account',
  makeFirst: 'Become the first admin',
  wrongLogin: 'The name or the password is wrong.',
  wrongPassword: 'The password is wrong.',
  noAdmin: 'This account is no admin. Another admin can give it the role.',
  loginEnded: 'Your login has ended. Log in again to go on.',
  passwordAgain: 'Your password, once more',
} as const;
