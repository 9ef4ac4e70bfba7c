// SPDX-License-Identifier: Apache-2.0
// One plugin: what it is, its commands, its configuration, its versions.

import { useLoaded } from '../loaded';
import { bytes, duration, number, t } from '../i18n';
import { hrefOf } from '../route';
import { Facts, Known, PageTitle, State, Table } from '../ui/parts';
import { ConfigForm } from './ConfigForm';
import { isServing, pluginAction, uploadAction, verbsFor, type PluginRow } from './plugin_actions';
import { stateOf, toneOf } from './Plugins';
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

interface Version {
  version: string;
  sha256: string;
  signedBy: string;
  bytes: number;
  pinned: boolean;
  serving: boolean;
}

const kLookMs = 3000;

export function PluginPage({ id }: Readonly<{ id: string }>) {
  const path = `/plugins/${encodeURIComponent(id)}`;
  const info = useLoaded<Info>(path, kLookMs);
  const config = useLoaded<PluginConfig>(`${path}/config`);
  const versions = useLoaded<{ versions: Version[]; uploads: boolean }>(`${path}/versions`);
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
          verbsFor(info.value).map((verb) => (
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
                { title: t('command'), mono: true, cell: ({ name }) => `/${name}` },
                { title: t('calls'), number: true, cell: ({ calls }) => number(calls) },
                { title: t('faults'), number: true, cell: ({ faults }) => number(faults) },
                { title: t('meanTime'), number: true, cell: ({ calls, meanUs }) => (calls > 0 ? duration(meanUs) : '–') },
              ]}
            />
          </>
        )}
      </Known>
      <h2 class="section">{t('configuration')}</h2>
      {gone && config.value === undefined ? (
        <p class="empty muted">{t('configWhenLoaded')}</p>
      ) : (
        <Known of={config}>
          {(value) => <ConfigForm id={id} shown={value} done={again} gone={gone} />}
        </Known>
      )}
      <h2 class="section">{t('versions')}</h2>
      <Known of={versions}>
        {(value) => (
          <>
            <Table
              label={t('versions')}
              empty={t('noVersions')}
              rows={value.versions}
              keyOf={({ sha256 }) => sha256}
              columns={[
                { title: t('version'), cell: ({ version }) => version },
                { title: t('state'), cell: (row) => versionState(row) },
                { title: t('signedBy'), mono: true, cell: ({ signedBy }) => signedBy },
                { title: t('size'), number: true, cell: ({ bytes: size }) => bytes(size) },
              ]}
            />
            {value.uploads ? (
              <button type="button" class="secondary" onClick={() => uploadAction(id, again)}>
                {t('uploadTitle')}
              </button>
            ) : (
              <p class="muted">{t('uploadsOff')}</p>
            )}
          </>
        )}
      </Known>
    </>
  );
}

function versionState({ serving, pinned }: Version) {
  if (serving) return <State tone="ok">{t('servingNow')}</State>;
  return <State tone={pinned ? 'warn' : 'quiet'}>{pinned ? t('pinned') : t('kept')}</State>;
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
