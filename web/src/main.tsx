// SPDX-License-Identifier: Apache-2.0
import { defaultEnvironment } from '@parley/client';
import { render } from 'preact';
import { App, kClientOptions } from './state/app';
import { openClient, person } from './state/client';
import { AppContext } from './ui/context';
import { Page } from './ui/Page';
import './styles/index.css';

async function main(): Promise<void> {
  const who = person();
  const app = new App(defaultEnvironment(), await openClient(who, kClientOptions), who);
  app.start();
  window.addEventListener('pagehide', () => app.keepResumePoint());
  document.addEventListener('visibilitychange', () => app.markRead());
  render(
    <AppContext.Provider value={app}>
      <Page />
    </AppContext.Provider>,
    document.getElementById('app')!,
  );
}

void main();
