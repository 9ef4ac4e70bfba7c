// SPDX-License-Identifier: Apache-2.0
import { X } from './icons';
import { t } from '../i18n';
import type { Channel } from '../state/channel';
import { GamePanel } from './GamePanel';
import { PeoplePanel } from './PeoplePanel';
import { panel, type Panel } from './view';

export function SidePanel({ channel, which }: { channel: Channel; which: Panel }) {
  return (
    <aside class="side" aria-label={t(which)}>
      <div class="side-head">
        <div class="segments quiet" role="group">
          {(['people', 'game'] as const).map((item) => (
            <button
              type="button"
              key={item}
              aria-pressed={item === which}
              onClick={() => (panel.value = item)}
            >
              {t(item)}
            </button>
          ))}
        </div>
        <button
          type="button"
          class="icon"
          aria-label={t('close')}
          onClick={() => (panel.value = undefined)}
        >
          <X size={18} strokeWidth={1.5} />
        </button>
      </div>
      <div class="side-body">
        {which === 'people' ? <PeoplePanel channel={channel} /> : <GamePanel channel={channel} />}
      </div>
    </aside>
  );
}
