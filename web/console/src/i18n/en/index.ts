// SPDX-License-Identifier: Apache-2.0
// English texts, a file for each page, and the list of keys that every language has.

import { access } from './access';
import { audit } from './audit';
import { channels } from './channels';
import { commands } from './commands';
import { common } from './common';
import { config } from './config';
import { errors } from './errors';
import { keys } from './keys';
import { log } from './log';
import { overview } from './overview';
import { people } from './people';
import { plugins } from './plugins';
import { sessions } from './sessions';
import { shell } from './shell';

export const en = {
  ...shell,
  ...errors,
  ...common,
  ...overview,
  ...plugins,
  ...sessions,
  ...channels,
  ...people,
  ...access,
  ...commands,
  ...audit,
  ...log,
  ...config,
  ...keys,
} as const;

export type Key = keyof typeof en;
