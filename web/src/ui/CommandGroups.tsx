// SPDX-License-Identifier: Apache-2.0
// The commands on offer by plugin, folded; a press puts one into the composer.

import type { CommandSpec } from '@parley/client';
import { t } from '../i18n';
import type { Key } from '../i18n/en';
import type { Channel } from '../state/channel';
import { completeName, friendlyName, grouped, signature } from '../state/slash';
import { useApp } from './context';
import { label } from './cards/Card';
import { dialog, focusComposer } from './view';

const kPlugins: Record<string, Key> = {
  core: 'pluginCore',
  account: 'pluginAccount',
  chat: 'pluginChat',
  poll: 'pluginPoll',
  remind: 'pluginRemind',
  moderation: 'pluginModeration',
  dice: 'dice',
  game: 'game',
  reply: 'bot',
};

function pluginName(plugin: string): string {
  const key = kPlugins[plugin];
  return label(key ? t(key) : plugin);
}

export function CommandGroups({ channel }: { channel: Channel }) {
  const app = useApp();
  return (
    <div class="command-groups">
      {grouped(app.commands.value).map(({ plugin, commands }) => (
        <details key={plugin} name="commands">
          <summary>
            <strong>{pluginName(plugin)}</strong>
            <span>{commands.map((command) => `/${friendlyName(command)}`).join(' ')}</span>
          </summary>
          <ul>
            {commands.map((command) => (
              <li key={command.name}>
                <CommandButton channel={channel} command={command} />
              </li>
            ))}
          </ul>
        </details>
      ))}
    </div>
  );
}

function CommandButton({ channel, command }: { channel: Channel; command: CommandSpec }) {
  const app = useApp();
  return (
    <button
      type="button"
      class="command-item"
      onClick={() => {
        dialog.value = undefined;
        app.setDraft(channel, completeName(command));
        focusComposer();
      }}
    >
      <span>
        <code>/{friendlyName(command)}</code>{' '}
        <span class="command-args">{command.args?.map(signature).join(' ')}</span>
      </span>
      <span class="muted">{command.help}</span>
    </button>
  );
}
