// SPDX-License-Identifier: Apache-2.0
// A newer page is here. It floats, so that nothing moves, and waits until somebody has the time.

import { useState } from 'preact/hooks';
import { t } from '../i18n';
import { takeUpdate, updateWaits } from '../state/install';

export function Update() {
  const [later, setLater] = useState(false);
  const waits = updateWaits.value && !later;
  return (
    <div class="update-place" role="status">
      {waits && (
        <div class="update">
          <span>{t('updateWaits')}</span>
          <button type="button" class="primary" onClick={takeUpdate}>
            {t('updateNow')}
          </button>
          <button type="button" class="secondary" onClick={() => setLater(true)}>
            {t('updateLater')}
          </button>
        </div>
      )}
    </div>
  );
}
