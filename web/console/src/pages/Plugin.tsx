// SPDX-License-Identifier: Apache-2.0
// One plugin: what it is, its commands, its canary, its configuration, its versions.

import { useLoaded } from '../loaded';
import { duration, number, t } from '../i18n';
import { hrefOf } from '../route';
import { Facts, Known, PageTitle, State, Table } from '../ui/parts';
import { ConfigForm } from './ConfigForm';
import { CanarySection } from './Canary';
import { isServing, pluginAction, verbsFor, type PluginRow, type Verb } from './plugin_actions';
import { stateOf, toneOf } from './Plugins';
import type { Versions } from './version_actions';
import { VersionsSection } from './Versions';
import type { PluginConfig } from './config_form';

interface Command {
  name: string;
  calls: number;
  faults: number;
  meanUs: number;
}

interface Info extends PluginRow {
  abi: string;
  commands: Command[];
  permissions: string[];
  requires: string[];
  sandbox: string;
  sha256: string;
  source: string;
  pid: number;
  restarts: number;
  last_exit: string;
  generation: number;
}

const kLookMs = 3000;

/** Its canary has buttons of its own, further down. */
const isOfPlugin = (verb: Verb): boolean => verb !== 'promote' && verb !== 'endCanary';

export function PluginPage({ id }: Readonly<{ id: string }>) {
  const path = `/plugins/${encodeURIComponent(id)}`;
  const info = useLoaded<Info>(path, kLookMs);
  const config = useLoaded<PluginConfig>(`${path}/config`);
  const versions = useLoaded<Versions>(`${path}/versions`);
  const gone = info.value !== undefined && !isServing(info.value);
  const again = (): void => {
    info.again();
    config.again();
    versions.again();
  };
  return (
    <>
      <p class="crumbs">
        <a href={hrefOf('plugins')}>{t('plugins')}</a>
      </p>
      <PageTitle title={id}>
        {info.value &&
          verbsFor(info.value).filter(isOfPlugin).map((verb) => (
            <button
              type="button"
              key={verb}
              class={verb === 'unload' || verb === 'quarantine' ? 'secondary danger' : 'secondary'}
              onClick={() => pluginAction(verb, id, again)}
            >
              {t(verb)}
            </button>
          ))}
      </PageTitle>
      <Known of={info}>
        {(value) => (
          <>
            <p class="muted lead">{value.description}</p>
            {(value.quarantine || value.reason) && (
              <p class="notice warn">
                <span>{value.quarantine || value.reason}</span>
              </p>
            )}
            <Facts facts={factsOf(value)} />
            <h2 class="section">{t('commands')}</h2>
            <Table
              label={t('commands')}
              empty={t('noCommands')}
              rows={value.commands}
              keyOf={({ name }) => name}
              columns={[
                { title: t('command'), mono: true, cell: ({ name }) => <a href={hrefOf('try', name)}>/{name}</a> },
                { title: t('calls'), number: true, cell: ({ calls }) => number(calls) },
                { title: t('faults'), number: true, cell: ({ faults }) => number(faults) },
                { title: t('meanTime'), number: true, cell: ({ calls, meanUs }) => (calls > 0 ? duration(meanUs) : '–') },
              ]}
            />
          </>
        )}
      </Known>
      {info.value && <CanarySection of={info.value} versions={versions.value?.versions ?? []} done={again} />}
      <h2 class="section">{t('configuration')}</h2>
      {gone && config.value === undefined ? (
        <p class="empty muted">{t('configWhenLoaded')}</p>
      ) : (
        <Known of={config}>
          {(value) => <ConfigForm id={id} shown={value} done={again} gone={gone} />}
        </Known>
      )}
      <VersionsSection of={versions} id={id} serves={info.value !== undefined && !gone} done={again} />
    </>
  );
}

function factsOf(value: Info) {
  const process = value.pid > 0 ? `${value.isolation}, pid ${value.pid}` : value.isolation;
  return [
    [t('state'), <State tone={toneOf(value)}>{stateOf(value)}</State>],
    [t('version'), value.version || '–'],
    ['ABI', value.abi || '–'],
    [t('generation'), number(value.generation)],
    [t('runs'), [value.execution, process].filter(Boolean).join(', ') || '–'],
    [t('permissions'), value.permissions.join(', ') || '–'],
    [t('needs'), value.requires.join(', ') || '–'],
    [t('previous'), value.previous || '–'],
    [t('file'), <code>{value.source || '–'}</code>],
    ['SHA-256', <code class="hash">{value.sha256 || '–'}</code>],
  ] as const;
}
