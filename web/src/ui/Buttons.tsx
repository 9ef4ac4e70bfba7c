// SPDX-License-Identifier: Apache-2.0
import type { Button } from '@parley/client';
import type { Channel } from '../state/channel';
import { useApp } from './context';

export function Buttons({ channel, buttons }: { channel: Channel; buttons: Button[] }) {
  const app = useApp();
  if (buttons.length === 0) return null;
  return (
    <div class="pills">
      {buttons.map((button) => (
        <button
          type="button"
          key={button.label}
          class={`pill${button.style === 'primary' || button.style === 'danger' ? ` ${button.style}` : ''}`}
          onClick={() => app.outgoing.press(channel, button.command)}
        >
          {button.label}
        </button>
      ))}
    </div>
  );
}
