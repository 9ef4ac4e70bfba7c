// SPDX-License-Identifier: Apache-2.0
// The server's log: the newest lines as they come, or those that are looked for.

import { useLayoutEffect, useRef, useState } from 'preact/hooks';
import { change, query } from '../api';
import { useLoaded } from '../loaded';
import { t } from '../i18n';
import { act, quoted } from '../ui/action';
import { Ctl, Known, PageTitle } from '../ui/parts';

interface Line {
  time?: string;
  level?: string;
  component?: string;
  plugin?: string;
  user?: string;
  session?: string;
  message?: string;
}

const kLevels = ['trace', 'debug', 'info', 'warn', 'error', 'critical'];
const kWords = ['text', 'component', 'plugin', 'user'] as const;
const kNothing = { level: 'info', text: '', component: '', plugin: '', user: '', lines: '200' };
type Wanted = typeof kNothing;

export function LogPage() {
  const [wanted, setWanted] = useState(kNothing);
  const [typed, setTyped] = useState(kNothing);
  const [live, setLive] = useState(true);
  const lines = useLoaded<{ lines: Line[]; cut: boolean }>(`/logs${query(wanted)}`, live ? 2000 : 0);
  const levels = useLoaded<{ levels: { component: string; level: string }[] }>('/log/level');
  const set = (change: Partial<Wanted>): void => setTyped((before) => ({ ...before, ...change }));
  return (
    <>
      <PageTitle title={t('log')}>
        <button type="button" class="secondary" onClick={() => setLive(!live)}>
          {live ? t('pause') : t('goOn')}
        </button>
        <button
          type="button"
          class="secondary"
          disabled={!levels.value}
          onClick={() => levelAction(levels.value!.levels.map(({ component }) => component), levels.again)}
        >
          {t('setLevel')}
        </button>
      </PageTitle>
      <form
        class="search"
        role="search"
        onSubmit={(event) => {
          event.preventDefault();
          setWanted(typed);
        }}
      >
        <label class="field">
          <span>{t('level')}</span>
          <select value={typed.level} onInput={(event) => set({ level: event.currentTarget.value })}>
            {kLevels.map((level) => (
              <option key={level}>{level}</option>
            ))}
          </select>
        </label>
        {kWords.map((name) => (
          <label class="field" key={name}>
            <span>{t(name)}</span>
            <input value={typed[name]} onInput={(event) => set({ [name]: event.currentTarget.value })} />
          </label>
        ))}
        <button type="submit" class="secondary">
          {t('search')}
        </button>
      </form>
      <Known of={lines}>{(value) => <Lines lines={value.lines} cut={value.cut} />}</Known>
      <Ctl line={lineFor(wanted)} />
    </>
  );
}

function lineFor({ level, component, plugin, user, lines, text }: Wanted): string {
  const flags = Object.entries({ level, component, plugin, user }).filter(([, value]) => value !== '');
  const words = flags.map(([name, value]) => ` --${name} ${quoted(value)}`).join('');
  return `parleyctl logs -n ${lines}${words}${text ? ` | grep -i ${quoted(text)}` : ''}`;
}

/** Sticks to the newest line while one is there. */
function Lines({ lines, cut }: Readonly<{ lines: readonly Line[]; cut: boolean }>) {
  const box = useRef<HTMLDivElement>(null);
  const atEnd = useRef(true);
  useLayoutEffect(() => {
    if (atEnd.current && box.current) box.current.scrollTop = box.current.scrollHeight;
  }, [lines]);
  return (
    <>
      {cut && <p class="muted">{t('logCut')}</p>}
      <div
        ref={box}
        class="log"
        role="log"
        aria-label={t('log')}
        aria-live="off"
        tabIndex={0}
        onScroll={({ currentTarget: { scrollTop, scrollHeight, clientHeight } }) => {
          atEnd.current = scrollHeight - scrollTop - clientHeight < 8;
        }}
      >
        {lines.length === 0 && <p class="muted">{t('nothingFound')}</p>}
        {lines.map((line, index) => (
          <div key={`${line.time}-${index}`} class={`log-line ${line.level ?? ''}`}>
            <time>{(line.time ?? '').replace('T', ' ').replace(/Z$/, '')}</time> <b>{line.level}</b>{' '}
            <span class="log-part">{[line.component, line.plugin, line.user, line.session].filter(Boolean).join(' ')}</span>{' '}
            <span>{line.message}</span>
          </div>
        ))}
      </div>
    </>
  );
}

function levelAction(components: readonly string[], done: () => void): void {
  act({
    title: t('setLevel'),
    text: t('setLevelText'),
    verb: t('save'),
    fields: [
      { name: 'component', label: t('component'), kind: 'choice', choices: ['all', ...components], value: 'all' },
      { name: 'level', label: t('level'), kind: 'choice', choices: [...kLevels, 'off'], value: 'info' },
    ],
    run: async ({ component, level }) => {
      await change('/log/level', { component, level });
      return { text: t('setLevelDone', { component: component!, level: level! }) };
    },
    ctl: ({ component, level }) => `parleyctl log level ${component} ${level}`,
    done,
  });
}
