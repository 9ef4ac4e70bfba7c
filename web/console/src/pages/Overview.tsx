// SPDX-License-Identifier: Apache-2.0
// How the server is, at a glance: what it is, and the last minutes of what it does.

import { useEffect, useRef, useState } from 'preact/hooks';
import { useLoaded } from '../loaded';
import { bytes, duration, number, span, t } from '../i18n';
import { kRoom, sampleOf, type Live, type Sample } from '../live';
import { Chart } from '../ui/Chart';
import { Facts, Known, PageTitle, State } from '../ui/parts';
import { change } from '../api';
import { act } from '../ui/action';
import { sayAction } from './channel_actions';

interface Status {
  version: string;
  node: string;
  state: string;
  uptimeMs: number;
  sessions: number;
  channels: number;
  database: string;
  plugins: Record<string, string>;
}

const kLookMs = 2000;

export function OverviewPage() {
  const status = useLoaded<Status>('/status', 5 * kLookMs);
  const live = useLoaded<Live>('/live', kLookMs);
  const samples = useSamples(live.value);
  return (
    <>
      <PageTitle title={t('overview')}>
        <button type="button" class="secondary" onClick={() => sayAction()}>
          {t('say')}
        </button>
        <button type="button" class="secondary" onClick={backupAction}>
          {t('backup')}
        </button>
      </PageTitle>
      <Known of={status}>
        {(value) => (
          <Facts
            facts={[
              [t('state'), <State tone={value.state === 'serving' ? 'ok' : 'warn'}>{value.state === 'serving' ? t('serving') : t('draining')}</State>],
              [t('server'), `${value.node} · ${value.version}`],
              [t('uptime'), span(value.uptimeMs)],
              [t('sessions'), number(value.sessions)],
              [t('channels'), number(value.channels)],
              [t('database'), <State tone={value.database.startsWith('ok') ? 'ok' : 'danger'}>{value.database}</State>],
              [t('plugins'), pluginsText(value.plugins)],
            ]}
          />
        )}
      </Known>
      <h2 class="section">{t('lastMinutes')}</h2>
      <Known of={live}>
        {() => (
          <div class="charts">
            <Chart title={t('connections')} room={kRoom} values={samples.map((s) => s.connections)} show={(v) => number(v)} />
            <Chart title={t('messagesPerSecond')} room={kRoom} values={samples.map((s) => s.messages)} show={(v) => number(v, 1)} />
            <Chart title={t('commandsPerSecond')} room={kRoom} values={samples.map((s) => s.commands)} show={(v) => number(v, 1)} />
            <Chart title={t('queueBytes')} room={kRoom} values={samples.map((s) => s.queueBytes)} show={bytes} />
            <Chart title={t('latencyP50')} room={kRoom} values={samples.map((s) => s.p50)} show={duration} />
            <Chart title={t('latencyP99')} room={kRoom} values={samples.map((s) => s.p99)} show={duration} />
            <Chart title={t('memory')} room={kRoom} values={samples.map((s) => s.memory)} show={bytes} />
            <Chart title={t('databaseQueue')} room={kRoom} values={samples.map((s) => s.databaseQueue)} show={(v) => number(v)} />
          </div>
        )}
      </Known>
    </>
  );
}

function useSamples(now: Live | undefined): readonly Sample[] {
  const before = useRef<Live>();
  const [samples, setSamples] = useState<readonly Sample[]>([]);
  useEffect(() => {
    if (!now) return;
    const last = before.current;
    before.current = now;
    // One answer is a state; a rate takes two.
    if (last) setSamples((all) => [...all, sampleOf(last, now)].slice(-kRoom));
  }, [now]);
  return samples;
}

function pluginsText(plugins: Record<string, string>): string {
  const states = Object.values(plugins);
  const active = states.filter((state) => state.startsWith('active')).length;
  return t('pluginsActive', { n: active, all: states.length });
}

function backupAction(): void {
  act({
    title: t('backup'),
    text: t('backupText'),
    verb: t('backupVerb'),
    fields: [{ name: 'file', label: t('fileOnServer'), required: true }],
    run: async ({ file }) => {
      await change('/backup', { file });
      return { text: t('backupDone', { file: file! }) };
    },
    ctl: ({ file }) => `parleyctl backup ${file || '/FILE'}`,
  });
}
