// SPDX-License-Identifier: Apache-2.0
// A plugin's canary: what it serves now, and what becomes of it.

import { t } from '../i18n';
import { State } from '../ui/parts';
import { beginCanaryAction, trialText } from './canary_actions';
import { isServing, pluginAction, type PluginRow } from './plugin_actions';
import type { Version } from './version_actions';

interface Props {
  of: PluginRow;
  versions: readonly Version[];
  done: () => void;
}

export function CanarySection({ of, versions, done }: Readonly<Props>) {
  return (
    <>
      <h2 class="section">{t('canary')}</h2>
      {of.canary ? (
        <Trial of={of} done={done} />
      ) : isServing(of) ? (
        <>
          <p class="muted lead">{t('noCanary')}</p>
          <button type="button" class="secondary" onClick={() => beginCanaryAction(of.id, versions, done)}>
            {t('canaryBegin')}
          </button>
        </>
      ) : (
        <p class="empty muted">{t('canaryWhenServing')}</p>
      )}
    </>
  );
}

function Trial({ of: { id, canary, version }, done }: Readonly<{ of: PluginRow; done: () => void }>) {
  return (
    <>
      <p>
        <State tone="warn">{trialText(canary, version)}</State>
      </p>
      <p class="muted lead">{t('canaryFaults')}</p>
      <div class="page-tools">
        <button type="button" class="secondary" onClick={() => pluginAction('promote', id, done)}>
          {t('promote')}
        </button>
        <button type="button" class="secondary" onClick={() => pluginAction('endCanary', id, done)}>
          {t('endCanary')}
        </button>
      </div>
    </>
  );
}
