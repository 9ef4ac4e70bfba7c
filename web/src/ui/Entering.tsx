// SPDX-License-Identifier: Apache-2.0
// On the way in, as whoever we were. A server that is away is waited for, and one may wait elsewhere.

import { t } from '../i18n';
import { useApp } from './context';
import { useNow } from './now';
import { Mark } from './Mark';

export function Entering() {
  const app = useApp();
  const awaited = app.entrance.awaited.value;
  return (
    <main class="entering">
      <Mark size={56} />
      <div class="entering-why" role="status">
        {awaited && <Away retryAt={awaited.retryAt} />}
      </div>
      {awaited && (
        <div class="entering-ways">
          <button type="button" class="primary" onClick={awaited.now}>
            {t('tryNow')}
          </button>
          <button type="button" class="secondary" onClick={() => app.entrance.giveUp()}>
            {t('toTheDoor')}
          </button>
        </div>
      )}
    </main>
  );
}

function Away({ retryAt }: { retryAt: number }) {
  const left = Math.max(1, Math.ceil((retryAt - useNow(true)) / 1000));
  return (
    <>
      <p>{t('serverAway')}</p>
      <p class="muted" aria-hidden="true">
        {t('tryingIn', { n: left })}
      </p>
    </>
  );
}
