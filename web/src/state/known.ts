// SPDX-License-Identifier: Apache-2.0
// What was true when a refusal came: its sentence is made of that, however often it is drawn later.

import type { CommandSpec } from '@parley/client';
import type { App } from './app';

/** What there is to say more than the code: the commands on offer, and the longest message. */
export interface Known {
  commands?: readonly CommandSpec[];
  messageLimit?: number;
  /** Commands whose plugin was taken out while we were here. */
  gone?: ReadonlySet<string>;
}

export function knownNow(app: App): Known {
  return {
    commands: app.commands.value,
    messageLimit: app.messageLimit.value,
    gone: new Set(app.gone),
  };
}
