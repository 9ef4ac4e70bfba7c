// SPDX-License-Identifier: Apache-2.0
// Where one writes: grows to eight lines, completes commands, remembers what was sent.

import { useLayoutEffect, useMemo, useRef, useState } from 'preact/hooks';
import { ArrowUp, Check } from './icons';
import { t } from '../i18n';
import type { Channel } from '../state/channel';
import { completeMention, mentioned } from '../state/mention';
import { messageAt } from '../state/timeline';
import { completeChoice, completeName, meantCommand, slashState } from '../state/slash';
import { Banner } from './Banner';
import { BlockedBar } from './Blocking';
import { useApp } from './context';
import { MentionMenu } from './MentionMenu';
import { AnsweringBar, EditingBar } from './Revision';
import { SlashMenu, kMenuId, optionId } from './SlashMenu';
import { askToRemove, wide } from './view';

/** The counter shows when this little is left. */
const kCountFrom = 200;

export function Composer({ channel }: { channel: Channel }) {
  const app = useApp();
  const field = useRef<HTMLTextAreaElement>(null);
  const moveCaret = useRef<number | undefined>(undefined);
  const [chosen, setChosen] = useState(0);
  const [dismissed, setDismissed] = useState('');
  const [caret, setCaret] = useState(0);
  const editing = channel.editing.value;
  const text = editing ? editing.text : channel.draft.value;
  const commands = app.commands.value;
  const members = channel.members.value;
  // What was said is no command, whatever it begins with.
  const line = editing ? '' : text;
  const slash = useMemo(() => slashState(line, commands, members), [line, commands, members]);
  const people =
    dismissed === text || slash.command
      ? []
      : mentioned(text.slice(0, caret), members, (id) => app.isSelf(id));
  const meant = useMemo(() => meantCommand(line, commands), [line, commands]);
  const options = people.length || (slash.choosing ? slash.matches : slash.choices).length;
  const commanding = (slash.choosing || slash.command !== undefined) && dismissed !== text;
  const open = commanding || people.length > 0;
  const left = app.messageLimit.value - [...text].length;

  const write = (value: string): void => {
    if (editing) app.revising.write(channel, value);
    else app.setDraft(channel, value);
    setChosen(0);
  };
  useLayoutEffect(() => {
    const box = field.current;
    if (!box) return; // left in the same breath
    box.style.height = 'auto';
    box.style.height = `${box.scrollHeight}px`;
    if (moveCaret.current === undefined) return;
    box.setSelectionRange(moveCaret.current, moveCaret.current);
    moveCaret.current = undefined;
  }, [text]);
  useLayoutEffect(() => {
    if (wide.matches) field.current!.focus();
  }, []);
  useLayoutEffect(() => {
    if (editing) field.current!.setSelectionRange(text.length, text.length);
  }, [editing?.offset]);

  const take = (index: number): void => {
    const person = people[index];
    if (person) {
      const done = completeMention(text, caret, person.name);
      write(done.text);
      // After the new text is drawn, or the browser puts the caret at its end.
      moveCaret.current = done.caret;
    } else if (slash.choosing) {
      const command = slash.matches[index];
      if (command) write(completeName(command));
    } else if (slash.choices[index] !== undefined) {
      write(completeChoice(text, slash.choices[index]!));
    }
    field.current!.focus();
  };

  const send = (): void => {
    if (left < 0) return;
    if (editing) return save();
    if (!text.trim()) return;
    app.outgoing.submit(channel, text);
    write('');
    setDismissed('');
    app.atBottom = true;
  };

  /** What was typed reads like a command whose slash was forgotten. */
  const runMeant = (): void => {
    app.outgoing.submit(channel, meant!);
    write('');
    app.atBottom = true;
    field.current!.focus();
  };

  /** Nothing left of it: then it is to go. */
  const save = (): void => {
    if (text.trim()) return void app.revising.save(channel);
    const message = messageAt(channel.entries.value, editing!.offset);
    if (message) askToRemove(channel, message);
  };

  /** From the empty composer to what was done last: a message to rewrite, a line to run again. */
  const takeUp = (): boolean => {
    const own = app.revising.newestOwn(channel);
    if (own?.kind !== 'message') return recall(true);
    app.revising.begin(channel, own);
    return true;
  };

  const recall = (older: boolean): boolean => {
    const line = older ? channel.input.older(text) : channel.input.newer();
    if (line === undefined) return false;
    write(line);
    setDismissed(line); // a recalled command is read, not chosen again
    return true;
  };

  const onMenuKey = (event: KeyboardEvent): boolean => {
    if (event.key === 'Escape') setDismissed(text);
    else if (options === 0) return false;
    else if (event.key === 'ArrowDown') setChosen((chosen + 1) % options);
    else if (event.key === 'ArrowUp') setChosen((chosen - 1 + options) % options);
    else if (event.key === 'Tab') take(chosen);
    else if (event.key === 'Enter' && people.length > 0) take(chosen);
    else if (event.key === 'Enter' && slash.choosing && !isWhole()) take(chosen);
    else return false;
    return true;
  };

  /** The name is typed out and needs nothing more: Enter sends it. */
  const isWhole = (): boolean => {
    const command = slash.matches[chosen];
    const typed = text.trim().slice(1).toLowerCase();
    const named =
      command &&
      [command.name, ...(command.aliases ?? [])].some((name) => name.toLowerCase() === typed);
    return Boolean(named && !command.args?.some((arg) => arg.required));
  };

  const onKey = (event: KeyboardEvent): void => {
    if (event.isComposing || event.metaKey || event.altKey) return;
    if (event.ctrlKey) {
      const up = event.key === 'ArrowUp';
      if (!editing && (up || event.key === 'ArrowDown') && recall(up)) event.preventDefault();
      return;
    }
    const caret = field.current!.selectionStart;
    let handled = true;
    if (open && !event.shiftKey && onMenuKey(event)) handled = true;
    else if (event.key === 'Enter' && !event.shiftKey) send();
    else if (editing) {
      if (event.key === 'Escape') app.revising.cancel(channel);
      else handled = false;
    } else if (event.key === 'Escape' && channel.answering.value)
      channel.answering.value = undefined;
    else if (event.key === 'ArrowUp' && !text) handled = takeUp();
    else if (event.key === 'ArrowUp' && caret === 0) handled = recall(true);
    else if (event.key === 'ArrowUp' && !text.includes('\n') && caret === text.length)
      handled = recall(true);
    else if (event.key === 'ArrowDown' && caret === text.length) handled = recall(false);
    else handled = false;
    if (handled) event.preventDefault();
  };

  const listed = open && options > 0;
  return (
    <div class="composer-area">
      {people.length > 0 ? (
        <MentionMenu people={people} chosen={chosen} onTake={take} />
      ) : (
        commanding && <SlashMenu slash={slash} chosen={chosen} onTake={take} />
      )}
      <Banner />
      <BlockedBar channel={channel} />
      <EditingBar channel={channel} />
      <AnsweringBar channel={channel} />
      <div class={`composer${left < 0 ? ' over' : ''}`}>
        <textarea
          ref={field}
          id="composer"
          rows={1}
          value={text}
          dir="auto"
          placeholder={t('messageTo', { name: channel.title.value })}
          aria-label={t('messageTo', { name: channel.title.value })}
          aria-autocomplete="list"
          aria-haspopup="listbox"
          aria-controls={kMenuId}
          aria-activedescendant={listed ? optionId(chosen) : undefined}
          enterkeyhint="send"
          onSelect={(event) => setCaret(event.currentTarget.selectionStart)}
          onInput={(event) => {
            setCaret(event.currentTarget.selectionStart);
            write(event.currentTarget.value);
            if (!editing && /^[^/]/.test(event.currentTarget.value)) app.outgoing.typing(channel);
          }}
          onKeyDown={onKey}
        />
        <button
          type="button"
          class="send"
          aria-label={t(editing ? 'save' : 'send')}
          disabled={(!editing && !text.trim()) || left < 0 || editing?.busy}
          onClick={send}
        >
          {editing ? <Check size={18} strokeWidth={2} /> : <ArrowUp size={18} strokeWidth={2} />}
        </button>
      </div>
      <div class="hint">
        {meant ? (
          <button type="button" class="link" onClick={runMeant}>
            {t('runAs', { line: meant })}
          </button>
        ) : (
          <Typing channel={channel} />
        )}
        {left < kCountFrom && (
          <span class={left < 0 ? 'over' : ''}>
            {left < 0 ? t('tooLong', { n: -left }) : t('charactersLeft', { n: left })}
          </span>
        )}
      </div>
    </div>
  );
}

function Typing({ channel }: { channel: Channel }) {
  const names = [...channel.typing.value.values()].map((item) => item.name);
  if (names.length === 0) return <span class="only-wide">{t('composerHint')}</span>;
  const said =
    names.length === 1
      ? t('typingOne', { a: names[0]! })
      : names.length === 2
        ? t('typingTwo', { a: names[0]!, b: names[1]! })
        : t('typingMany');
  return <span class="typing">{said}</span>;
}
