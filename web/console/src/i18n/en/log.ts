// SPDX-License-Identifier: Apache-2.0
// The page Log.

export const log = {
  log: 'Log',
  level: 'Level',
  component: 'Component',
  user: 'Person',
  pause: 'Pause',
  goOn: 'Go on',
  logCut: 'The log is longer than what is searched. Narrow it by level, plugin or person.',
  setLevel: 'Set a level',
  setLevelText: 'From now on until the configuration is read again.',
  setLevelDone: '{component} logs from {level} on.',
} as const;
