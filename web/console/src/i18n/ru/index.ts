// SPDX-License-Identifier: Apache-2.0
// Russian texts, a file for each page.

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
import type { Key } from '../en';

export const ru: Record<Key, string> = {
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
};
