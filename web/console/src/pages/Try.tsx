// SPDX-License-Identifier: Apache-2.0
// Try a command: a line as people type it, run as somebody, and what they would have seen.

import { useRef, useState } from 'preact/hooks';
import { locale } from '@page/state/preferences';
import { change, query } from '../api';
import { useLoaded } from '../loaded';
import { duration, number, t, word } from '../i18n';
import { Filter, matches } from '../ui/Filter';
import { Refused } from '../ui/ActionWindow';
import { Ctl, Facts, Known, PageTitle, Small, State, Suggestions, Table } from '../ui/parts';
import {
  commandIn,
  ctlLine,
  lineOf,
  rolesText,
  servedText,
  typeText,
  type Command,
  type Frame,
  type Outcome,
  type Typed,
} from './command_table';

export function TryPage({ chosen }: Readonly<{ chosen: string | undefined }>) {
  const commands = useLoaded<{ commands: Command[] }>(`/commands${query({ locale: locale.value })}`);
  const [typed, setTyped] = useState<Typed>({ line: chosen ? `/${chosen} ` : '', user: '', channel: 'global' });
  const input = useRef<HTMLInputElement>(null);
  const all = commands.value?.commands ?? [];
  const choose = ({ name, args }: Command): void => {
    setTyped((before) => ({ ...before, line: args.length > 0 ? `/${name} ` : `/${name}` }));
    input.current?.focus();
    input.current?.scrollIntoView({ block: 'center' });
  };
  return (
    <>
      <PageTitle title={t('tryCommand')} />
      <p class="muted lead">{t('tryText')}</p>
      <Trial typed={typed} setTyped={setTyped} commands={all} input={input} />
      <Known of={commands}>{(value) => <AllCommands commands={value.commands} choose={choose} />}</Known>
      <Ctl line="parleyctl commands" />
    </>
  );
}

interface TrialProps {
  typed: Typed;
  setTyped: (change: (before: Typed) => Typed) => void;
  commands: readonly Command[];
  input: { current: HTMLInputElement | null };
}

function Trial({ typed, setTyped, commands, input }: Readonly<TrialProps>) {
  const users = useLoaded<{ users: { name: string; disabled: boolean }[] }>('/users');
  const channels = useLoaded<{ channels: { name: string; people?: string[] }[] }>('/channels');
  const [running, setRunning] = useState(false);
  const [outcome, setOutcome] = useState<Outcome>();
  const [error, setError] = useState<unknown>();
  const set = (part: Partial<Typed>): void => setTyped((before) => ({ ...before, ...part }));
  const run = async (): Promise<void> => {
    setRunning(true);
    setError(undefined);
    setOutcome(undefined);
    const { user, channel } = typed;
    const body = { line: lineOf(typed.line), user: user.trim(), channel: channel.trim(), locale: locale.value };
    try {
      setOutcome(await change<Outcome>('/try', body));
    } catch (failure) {
      setError(failure);
    }
    setRunning(false);
  };
  const named = commandIn(typed.line, commands);
  return (
    <>
      <form
        class="search trial"
        aria-label={t('tryCommand')}
        onSubmit={(event) => {
          event.preventDefault();
          if (!running) void run();
        }}
      >
        <label class="field line">
          <span>{t('commandLine')}</span>
          <input
            ref={input}
            required
            class="mono"
            autocomplete="off"
            autocapitalize="off"
            spellcheck={false}
            list="try-commands"
            placeholder="/roll 2d6"
            value={typed.line}
            onInput={(event) => set({ line: event.currentTarget.value })}
          />
        </label>
        <label class="field">
          <span>{t('runAs')}</span>
          <input
            list="try-people"
            autocomplete="off"
            placeholder={t('passingGuest')}
            value={typed.user}
            onInput={(event) => set({ user: event.currentTarget.value })}
          />
        </label>
        <label class="field">
          <span>{t('inChannel')}</span>
          <input
            list="try-channels"
            autocomplete="off"
            value={typed.channel}
            onInput={(event) => set({ channel: event.currentTarget.value })}
          />
        </label>
        <Suggestions id="try-commands" words={commands.filter(({ hidden }) => !hidden).map(({ name }) => `/${name}`)} />
        <Suggestions id="try-people" words={(users.value?.users ?? []).filter((one) => !one.disabled).map(({ name }) => name)} />
        <Suggestions
          id="try-channels"
          words={(channels.value?.channels ?? []).filter(({ people }) => people === undefined).map(({ name }) => name)}
        />
        <button type="submit" class="primary" disabled={running}>
          {t(running ? 'running' : 'runIt')}
        </button>
      </form>
      {named ? <Hints of={named} /> : typed.line.trim() !== '' && commands.length > 0 && <p class="muted">{t('noSuchCommand')}</p>}
      <Ctl line={ctlLine(typed)} />
      <div aria-live="polite">
        {outcome && <Result of={outcome} />}
        {error !== undefined && <Refused error={error} />}
      </div>
    </>
  );
}

/** How the command is written, for whom it is and whose. */
function Hints({ of }: Readonly<{ of: Command }>) {
  return (
    <section class="hints" aria-label={t('argumentsOf', { command: of.name })}>
      <p>
        <code>{of.usage}</code> <span class="muted">{of.help}</span>
      </p>
      <p class="muted">
        {t('roles')}: {rolesText(of)} · {t('generationOf', { plugin: of.plugin, version: of.version, generation: of.generation })}
      </p>
      {of.args.length > 0 && (
        <dl>
          {of.args.map((argument) => (
            <div key={argument.name}>
              <dt class="mono">{argument.name}</dt>
              <dd>
                {argument.help} <span class="muted">({typeText(argument)})</span>
              </dd>
            </div>
          ))}
        </dl>
      )}
    </section>
  );
}

function Result({ of }: Readonly<{ of: Outcome }>) {
  const { answer, frames, framesLeftOut, user } = of;
  const ok = of.result === 'ok';
  const message = answer?.data?.message;
  return (
    <section class="outcome">
      <div class="notice verdict">
        <div>
          <State tone={ok ? 'ok' : 'danger'}>
            {ok ? `${t('answered')}: ${answer?.type ?? ''}` : t('refusedWith', { code: of.result })}
          </State>
          {!ok && typeof message === 'string' && <p>{message}</p>}
          {answer === null && <p>{t('noAnswerCame')}</p>}
        </div>
      </div>
      <Facts
        facts={[
          [t('commandLine'), <code>{of.line}</code>],
          [t('ranAs'), `${user.name} · ${word(user.kind)}`],
          [t('took'), of.tookUs === undefined ? '–' : duration(of.tookUs)],
          [t('servedBy'), servedText(of)],
        ]}
      />
      {frames.length > 0 && <Frames title={t('framesBefore')} of={frames} />}
      {framesLeftOut > 0 && <p class="muted">{t('framesLeftOut', { n: framesLeftOut })}</p>}
      {answer && <Frames title={t('answerFrame')} of={[answer]} />}
    </section>
  );
}

function Frames({ title, of }: Readonly<{ title: string; of: readonly Frame[] }>) {
  return (
    <>
      <h2 class="frames-title">{title}</h2>
      {of.map((frame, index) => (
        <pre key={index} class="frame">
          {JSON.stringify(frame, null, 2)}
        </pre>
      ))}
    </>
  );
}

function AllCommands({ commands, choose }: Readonly<{ commands: readonly Command[]; choose: (one: Command) => void }>) {
  const [text, setText] = useState('');
  const [hidden, setHidden] = useState(false);
  const offered = commands.filter((one) => hidden || !one.hidden);
  const shown = offered.filter(({ name, aliases, plugin, help }) => matches(text, name, ...aliases, plugin, help));
  return (
    <>
      <h2 class="section">{t('allCommandsTable')}</h2>
      <div class="table-tools">
        <Filter value={text} onValue={setText} />
        <label>
          <input type="checkbox" checked={hidden} onChange={(event) => setHidden(event.currentTarget.checked)} />
          {t('withHidden')}
        </label>
      </div>
      <Table
        label={t('allCommandsTable')}
        empty={t('nothingFound')}
        rows={shown}
        keyOf={({ name }) => name}
        columns={[
          {
            title: t('command'),
            cell: ({ usage, help }) => (
              <div>
                <code>{usage}</code>
                <small class="muted">{help}</small>
              </div>
            ),
          },
          { title: t('roles'), cell: rolesText },
          { title: t('plugin'), cell: ({ plugin }) => plugin },
          { title: t('version'), cell: ({ version }) => version || '–' },
          { title: t('generation'), number: true, cell: ({ generation }) => (generation > 0 ? number(generation) : '–') },
        ]}
        tools={(one) => (
          <Small onClick={() => choose(one)}>
            {t('choose')}
            <span class="sr-only"> {one.name}</span>
          </Small>
        )}
      />
    </>
  );
}
