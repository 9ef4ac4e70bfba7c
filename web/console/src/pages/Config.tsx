// SPDX-License-Identifier: Apache-2.0
// Every value that is in force, and where each came from.

import { useState } from 'preact/hooks';
import { change } from '../api';
import { useLoaded } from '../loaded';
import { t, word } from '../i18n';
import { act } from '../ui/action';
import { Filter, matches } from '../ui/Filter';
import { Ctl, Known, PageTitle, State, Table } from '../ui/parts';

interface Key {
  path: string;
  value: string;
  origin: string;
  reload: boolean;
}

interface Change {
  path: string;
  before: string;
  after: string;
  restart: boolean;
}

export function ConfigPage() {
  const config = useLoaded<{ keys: Key[]; waiting: Change[] }>('/config');
  const [text, setText] = useState('');
  const [own, setOwn] = useState(false);
  return (
    <>
      <PageTitle title={t('configuration')}>
        <Filter value={text} onValue={setText} />
        <button type="button" class="secondary" aria-pressed={own} onClick={() => setOwn(!own)}>
          {t('onlySet')}
        </button>
        <button type="button" class="secondary" onClick={() => reloadAction(config.again)}>
          {t('readAgain')}
        </button>
      </PageTitle>
      <Known of={config}>
        {({ keys, waiting }) => (
          <>
            {waiting.length > 0 && (
              <div class="notice warn">
                <p>{t('waitForRestart', { keys: waiting.map(({ path }) => path).join(', ') })}</p>
              </div>
            )}
            <Table
              label={t('configuration')}
              empty={t('nothingFound')}
              rows={keys.filter(
                ({ path, value, origin }) => matches(text, path, value, origin) && (!own || origin !== 'default'),
              )}
              keyOf={({ path }) => path}
              columns={[
                { title: t('key'), mono: true, cell: ({ path }) => path },
                { title: t('value'), mono: true, cell: ({ value }) => value },
                { title: t('originTitle'), cell: ({ origin }) => word(origin) },
                {
                  title: t('takesEffect'),
                  cell: ({ reload }) => <State tone={reload ? 'ok' : 'quiet'}>{reload ? t('atReload') : t('atStart')}</State>,
                },
              ]}
            />
          </>
        )}
      </Known>
      <Ctl line="parleyctl config print" />
    </>
  );
}

function reloadAction(done: () => void): void {
  act({
    title: t('readAgainTitle'),
    text: t('readAgainText'),
    verb: t('readAgain'),
    run: async () => {
      const { changes } = await change<{ changes: Change[] }>('/config/reload');
      return {
        text: changes.length > 0 ? t('readAgainDone', { keys: changes.map(({ path }) => path).join(', ') }) : t('nothingChanged'),
      };
    },
    ctl: () => 'parleyctl config reload',
    done,
  });
}
