// SPDX-License-Identifier: Apache-2.0
// What every file of tests stands on: a server of its own and a browser, both gone at the end.

import { after, before } from 'node:test';
import { Person, launch } from './browser.mjs';
import { Server } from './server.mjs';

/**
 * Once, at the top of a file. `settings` are the server's; `enter` brings in who is there from the start
 * and is given {server, browser, open}.
 */
export function onStage(settings, enter = () => {}) {
  const stage = {
    /** A person at a browser of their own, at the door. */
    open: (options) => Person.open(stage.browser, stage.server.url, options),
  };
  before(async () => {
    stage.server = await Server.start(settings);
    stage.browser = await launch();
    await enter(stage);
  });
  after(async () => {
    await stage.browser?.close();
    await stage.server?.stop();
  });
}
