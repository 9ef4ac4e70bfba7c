// SPDX-License-Identifier: Apache-2.0
// What an answer offers to press. What is over, such as a poll, takes its buttons along at the first refusal.

import { useState } from 'preact/hooks';
import type { Button } from '@parley/client';
import type { Channel } from '../state/channel';
import { commandArguments } from '../state/messages';
import { useApp } from './context';

export function Buttons({ channel, buttons }: { channel: Channel; buttons: Button[] }) {
  const app = useApp();
  const [over, setOver] = useState<Button['command'][]>([]);
  if (buttons.length === 0) return null;
  const press = async (command: Button['command']): Promise<void> => {
    const refusal = await app.outgoing.press(channel, command);
    if (refusal?.code === 'not_found') setOver((all) => [...all, command]);
  };
  return (
    <div class="pills">
      {buttons.map((button) => (
        <button
          type="button"
          key={button.label}
          class={`pill${button.style === 'primary' || button.style === 'danger' ? ` ${button.style}` : ''}`}
          disabled={over.some((gone) => isAboutTheSame(gone, button.command))}
          onClick={() => void press(button.command)}
        >
          {button.label}
        </button>
      ))}
    </div>
  );
}

/** The same command about the same thing: another choice of one poll, but not what lies beside a sword. */
function isAboutTheSame(gone: Button['command'], other: Button['command']): boolean {
  if (gone.action !== other.action) return false;
  const theirs = commandArguments(other);
  const pairs = Object.entries(commandArguments(gone)).map(([key, value]) => [value, theirs[key]]);
  const same = pairs.map(([one, two]) => JSON.stringify(one) === JSON.stringify(two));
  return pairs.length === 0 || same.some(Boolean);
}
