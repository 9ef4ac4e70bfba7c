// SPDX-License-Identifier: Apache-2.0
// How parleyctl says what is done with accounts here.

import { quoted } from '../ui/action';

export function createLine(name: string | undefined, roles: readonly string[]): string {
  const more = roles.filter((role) => role !== 'user').map((role) => ` --role ${role}`);
  return `parleyctl user create ${quoted(name || 'NAME')}${more.join('')}`;
}
