// SPDX-License-Identifier: Apache-2.0
// What is loaded and what was, and what can be done about it.

import { useLoaded } from '../loaded';
import { number, t, type Key } from '../i18n';
import { hrefOf } from '../route';
import { Known, PageTitle, Small, State, Table, type Tone } from '../ui/parts';
import { versionOf } from './canary_actions';
import { Revocations } from './Revocations';
import { isServing, loadAnyAction, pluginAction, uploadAction, verbsFor, type PluginRow } from './plugin_actions';

const kLookMs = 3000;

export function toneOf(plugin: PluginRow): Tone {
  if (plugin.quarantine) return 'danger';
  if (plugin.state === 'failed' || plugin.state === 'crashed') return 'danger';
  if (plugin.state === 'probation') return 'warn';
  return isServing(plugin) ? 'ok' : 'quiet';
}

const kStates: Partial<Record<string, Key>> = {
  found: 'stateFound',
  loading: 'stateLoading',
  active: 'stateActive',
  frozen: 'stateFrozen',
  probation: 'stateProbation',
  draining: 'stateDraining',
  unloaded: 'stateUnloaded',
  failed: 'stateFailed',
  'retired-but-mapped': 'stateRetired',
  crashed: 'stateCrashed',
  quarantined: 'quarantined',
};

export function stateOf(plugin: PluginRow): string {
  if (plugin.quarantine) return t('quarantined');
  const known = kStates[plugin.state];
  return known ? t(known) : plugin.state;
}

export function PluginsPage() {
  const plugins = useLoaded<{ plugins: (PluginRow & { commands: string[] })[] }>('/plugins', kLookMs);
  return (
    <>
      <PageTitle title={t('plugins')}>
        <button type="button" class="secondary" onClick={() => loadAnyAction(plugins.again)}>
          {t('loadAny')}
        </button>
        <button type="button" class="secondary" onClick={() => uploadAction('', plugins.again)}>
          {t('uploadTitle')}
        </button>
      </PageTitle>
      <Known of={plugins}>
        {({ plugins: rows }) => (
          <Table
            label={t('plugins')}
            empty={t('noPlugins')}
            rows={rows}
            keyOf={({ id }) => id}
            columns={[
              {
                title: t('plugin'),
                cell: ({ id, description }) => (
                  <>
                    <a href={hrefOf('plugins', id)}>{id}</a>
                    <small class="muted">{description}</small>
                  </>
                ),
              },
              { title: t('version'), cell: ({ version }) => version || '–' },
              {
                title: t('state'),
                cell: (row) => (
                  <>
                    <State tone={toneOf(row)}>{stateOf(row)}</State>
                    {row.canary && <small class="muted">{t('canaryBeside', { version: versionOf(row.canary) })}</small>}
                  </>
                ),
              },
              { title: t('runs'), cell: ({ execution, isolation }) => [execution, isolation].filter(Boolean).join(', ') },
              { title: t('commands'), number: true, cell: ({ commands }) => number(commands.length) },
              { title: t('calls'), number: true, cell: ({ calls }) => number(calls) },
              { title: t('faults'), number: true, cell: ({ faults }) => number(faults) },
              { title: t('waiting'), number: true, cell: ({ queued }) => number(queued) },
            ]}
            tools={(row) =>
              verbsFor(row).map((verb) => (
                <Small
                  key={verb}
                  danger={verb === 'unload' || verb === 'quarantine'}
                  onClick={() => pluginAction(verb, row.id, plugins.again)}
                >
                  {t(verb)}
                  <span class="sr-only"> {row.id}</span>
                </Small>
              ))
            }
          />
        )}
      </Known>
      <Revocations />
    </>
  );
}
