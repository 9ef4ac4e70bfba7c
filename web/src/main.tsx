// SPDX-License-Identifier: Apache-2.0
import { render } from 'preact';
import { App } from './state/app';
import { AppContext } from './ui/context';
import { Page } from './ui/Page';
import './styles/index.css';

const app = new App();
app.start();
window.addEventListener('pagehide', () => app.keepResumePoint());
document.addEventListener('visibilitychange', () => app.markRead());

render(
  <AppContext.Provider value={app}>
    <Page />
  </AppContext.Provider>,
  document.getElementById('app')!,
);
