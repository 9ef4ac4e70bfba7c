// SPDX-License-Identifier: Apache-2.0
// The page Admin keys.

export const keys = {
  adminKeys: 'Admin keys',
  keysText: 'With a key a program administers this server over the operator port, within its scopes.',
  noKeysMade: 'There is no key.',
  makeKey: 'Make a key',
  makeKeyText: 'It is good for these scopes and no others, until it expires or is revoked.',
  makeKeyDone: 'The key is made.',
  keyNameHint: 'What uses it.',
  scopes: 'Scopes',
  scopesHint: 'people lets it become anybody; upload brings in code.',
  lastUse: 'Last use',
  never: 'never',
  revokeKeyTitle: 'Revoke the key {name}',
  revokeKeyText: 'Whatever uses it is refused from now on.',
} as const;
