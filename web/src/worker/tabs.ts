// SPDX-License-Identifier: Apache-2.0
// A program of its own, in a SharedWorker: the connection that this browser's tabs share.

import { serveTabs } from '@parley/client/tab_host';

serveTabs();
