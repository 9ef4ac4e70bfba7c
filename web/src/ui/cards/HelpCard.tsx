// SPDX-License-Identifier: Apache-2.0
// /help: everything by plugin, or one command with its arguments. Made from the table of commands, so
// that it follows the language; the answer's own text stands in for what the table does not know.

import type { ArgSpec, CommandSpec, Frame } from '@parley/client';
import { t } from '../../i18n';
import type { Channel } from '../../state/channel';
import { findCommand, friendlyName, signature } from '../../state/slash';
import { CommandGroups } from '../CommandGroups';
import { useApp } from '../context';
import { expectation } from '../expectation';
import { CircleQuestionMark } from '../icons';
import { Card, Fields } from './Card';
import { ReplyCard } from './ReplyCard';

export function HelpCard({
  channel,
  line,
  frame,
}: {
  channel: Channel;
  line: string;
  frame: Frame;
}) {
  const app = useApp();
  const commands = app.commands.value;
  const about = line.trim().split(/\s+/)[1];
  if (!about) {
    if (commands.length === 0) return <ReplyCard channel={channel} frame={frame} />;
    return (
      <Card icon={CircleQuestionMark} title={t('commands')} tone="help-card">
        <CommandGroups channel={channel} />
        <p>{t('helpOne')}</p>
      </Card>
    );
  }
  const command = findCommand(about, commands);
  return command ? <One command={command} /> : <ReplyCard channel={channel} frame={frame} />;
}

function One({ command }: { command: CommandSpec }) {
  const shown = friendlyName(command);
  const others = [command.name, ...(command.aliases ?? [])].filter((name) => name !== shown);
  const args = command.args?.filter((arg) => !arg.secret) ?? [];
  return (
    <Card icon={CircleQuestionMark} title={`/${shown}`} tone="help-card">
      {command.help && <p class="news">{command.help}</p>}
      <p>
        <code>{['/' + shown, ...args.map(signature)].join(' ')}</code>
        {others.length > 0 &&
          ` (${t('aliases', { names: others.map((name) => `/${name}`).join(', ') })})`}
      </p>
      <Fields pairs={args.map((arg) => [arg.name, takes(arg)])} />
    </Card>
  );
}

function takes(arg: ArgSpec): string {
  const parts = [arg.help, expectation(arg), arg.required ? '' : t('optional')];
  return parts.filter(Boolean).join(' · ');
}
