// SPDX-License-Identifier: Apache-2.0
import { defaultEnvironment } from '@parley/client';
import { render } from 'preact';
import { App } from './state/app';
import { kClientOptions } from './state/credentials';
import { askEntry } from './state/entry';
import { checkForUpdate, keepPage } from './state/install';
import { openClient, person } from './state/client';
import { AppContext } from './ui/context';
import { Page } from './ui/Page';
import './styles/index.css';

async function main(): Promise<void> {
  const who = person();
  const app = new App(defaultEnvironment(), await openClient(who, kClientOptions), who);
  app.entrance.start();
  void askEntry();
  window.addEventListener('pagehide', () => app.entrance.keepResumePoint());
  document.addEventListener('visibilitychange', () => app.viewed());
  app.viewed();
  app.client.on('client:welcome', ({ again }) => again && checkForUpdate());
  render(
    <AppContext.Provider value={app}>
      <Page />
    </AppContext.Provider>,
    document.getElementById('app')!,
  );
  if (import.meta.env.PROD) void keepPage((data) => opened(app, data));
}

/** A notification was clicked. */
function opened(app: App, data: unknown): void {
  const name = (data as { channel?: unknown } | undefined)?.channel;
  if (typeof name === 'string' && app.channels.value.has(name)) app.activate(name);
}

void main();
