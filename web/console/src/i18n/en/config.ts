// SPDX-License-Identifier: Apache-2.0
// The page Configuration.

export const config = {
  key: 'Key',
  value: 'Value',
  takesEffect: 'A change takes effect',
  atReload: 'at a reload',
  atStart: 'at the next start',
  onlySet: 'Only what was set',
  readAgain: 'Read again',
  readAgainTitle: 'Read the configuration again',
  readAgainText: 'With a mistake in it nothing changes, and you are told where it is.',
  readAgainDone: 'Changed: {keys}.',
  waitForRestart: 'These wait for the next start: {keys}',
} as const;
