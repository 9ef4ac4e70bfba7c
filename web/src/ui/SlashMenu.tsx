// SPDX-License-Identifier: Apache-2.0
// Commands above the composer: names while the name is typed, then the argument at the caret.

import { useEffect, useRef } from 'preact/hooks';
import type { ArgSpec, CommandSpec } from '@parley/client';
import { t } from '../i18n';
import { friendlyName, signature, type SlashState } from '../state/slash';
import { range } from './expectation';

export const kMenuId = 'slash-menu';
export const optionId = (index: number): string => `slash-${index}`;

export function SlashMenu({
  slash,
  chosen,
  onTake,
}: {
  slash: SlashState;
  chosen: number;
  onTake: (index: number) => void;
}) {
  const box = useRef<HTMLDivElement>(null);
  useEffect(() => {
    box.current?.querySelector('[aria-selected=true]')?.scrollIntoView({ block: 'nearest' });
  }, [chosen]);
  return (
    // What scrolls must be within the keyboard's reach.
    <div class="slash" ref={box} tabIndex={0}>
      {slash.command && <ArgumentHint command={slash.command} at={slash.arg} />}
      {slash.choosing && slash.matches.length === 0 && <p class="slash-none">{t('noCommand')}</p>}
      <div role="listbox" id={kMenuId} aria-label={t('commands')}>
        {slash.choosing
          ? slash.matches.map((command, index) => (
              <Option key={command.name} index={index} chosen={chosen} onTake={onTake}>
                <span class="slash-name">/{friendlyName(command)}</span>
                <span class="slash-args">{command.args?.map(signature).join(' ')}</span>
                <span class="slash-help">{command.help}</span>
                <span class="slash-plugin">{command.plugin}</span>
              </Option>
            ))
          : slash.choices.map((choice, index) => (
              <Option key={choice} index={index} chosen={chosen} onTake={onTake}>
                <span class="slash-name">{choice}</span>
              </Option>
            ))}
      </div>
    </div>
  );
}

export function Option({
  index,
  chosen,
  onTake,
  children,
}: {
  index: number;
  chosen: number;
  onTake: (index: number) => void;
  children: preact.ComponentChildren;
}) {
  return (
    <div
      role="option"
      id={optionId(index)}
      class="slash-option"
      aria-selected={index === chosen}
      // Before the blur: the composer keeps the keyboard.
      onMouseDown={(event) => {
        event.preventDefault();
        onTake(index);
      }}
    >
      {children}
    </div>
  );
}

function ArgumentHint({ command, at }: { command: CommandSpec; at: number }) {
  const args = command.args ?? [];
  const current = args[at];
  return (
    <div class="slash-hint">
      <p class="slash-line">
        <span class="slash-name">/{friendlyName(command)}</span>
        {args.map((arg, index) => (
          <span class={index === at ? 'at' : ''}>{signature(arg)}</span>
        ))}
        <span class="slash-plugin">{command.plugin}</span>
      </p>
      <p class="slash-help">
        {current ? [current.help, limits(current)].filter(Boolean).join(' · ') : command.help}
      </p>
    </div>
  );
}

function limits(arg: ArgSpec): string {
  // Of a text, they count its characters: the server says so when it matters.
  const bounds = arg.type === 'int' || arg.type === 'number' ? range(arg) : '';
  return [bounds, arg.required ? '' : t('optional')].filter(Boolean).join(', ');
}
