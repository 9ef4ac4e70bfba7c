// SPDX-License-Identifier: Apache-2.0
import { render } from 'preact';
import { browserEnvironment } from './client';
import { App } from './state/app';
import { AppContext } from './ui/context';
import { Page } from './ui/Page';
import './styles/index.css';

const app = new App(browserEnvironment());
app.start();
// The network's own news is faster than any countdown.
window.addEventListener('online', () => app.session.connection.retryNow());
window.addEventListener('pagehide', () => app.keepTicket());
document.addEventListener('visibilitychange', () => app.markRead());

render(
  <AppContext.Provider value={app}>
    <Page />
  </AppContext.Provider>,
  document.getElementById('app')!,
);
