// SPDX-License-Identifier: Apache-2.0
// The first visit: what this is and three things to try, until something was tried or it is closed.

import { t } from '../i18n';
import type { Channel } from '../state/channel';
import { firstVisit, visited } from '../state/preferences';
import { useApp } from './context';
import { ThingsToTry } from './Door';
import { X } from './icons';

export function WelcomeCard({ channel }: { channel: Channel }) {
  const app = useApp();
  if (!firstVisit.value) return null;
  return (
    <section class="welcome" aria-label={t('firstVisitTitle')}>
      <header>
        <h2>{t('firstVisitTitle')}</h2>
        <button type="button" class="icon" aria-label={t('close')} onClick={visited}>
          <X size={16} strokeWidth={1.5} />
        </button>
      </header>
      <p>{t('firstVisitText')}</p>
      <ThingsToTry onTry={(line) => app.outgoing.submit(channel, line)} />
    </section>
  );
}
