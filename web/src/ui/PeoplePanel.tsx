// SPDX-License-Identifier: Apache-2.0
import { useEffect } from 'preact/hooks';
import { BlockButton } from './Blocking';
import { MessageSquare } from './icons';
import { t } from '../i18n';
import type { Channel } from '../state/channel';
import { Avatar } from './Avatar';
import { useApp } from './context';
import { goToPerson } from './shortcuts';

export function PeoplePanel({ channel }: { channel: Channel }) {
  const app = useApp();
  useEffect(() => void app.blocks.look(), [app]);
  const members = [...channel.members.value].sort(
    (a, b) => Number(b.kind === 'bot') - Number(a.kind === 'bot') || a.name.localeCompare(b.name),
  );
  const more = channel.total.value - members.length;
  return (
    <>
      <h2>{t('peopleCount', { n: channel.total.value })}</h2>
      <ul class="people">
        {members.map((member) => {
          const mine = app.isSelf(member.id);
          return (
            <li key={member.id}>
              <Avatar id={member.id} name={member.name} kind={member.kind} small />
              <span class="person">{member.name}</span>
              {mine && <span class="badge you">{t('you')}</span>}
              {!mine && member.kind === 'guest' && !app.blocks.has(member.id) && (
                <span class="badge">{t('guest')}</span>
              )}
              {member.kind === 'bot' && <span class="badge bot">{t('bot')}</span>}
              {app.blocks.has(member.id) && <span class="badge">{t('blockedBadge')}</span>}
              {!mine && (
                <span class="person-tools">
                  {member.kind !== 'bot' && <BlockButton person={member} />}
                  <button
                    type="button"
                    class="icon"
                    aria-label={t('messagePerson', { name: member.name })}
                    onClick={() => goToPerson(app, member)}
                  >
                    <MessageSquare size={16} strokeWidth={1.5} />
                  </button>
                </span>
              )}
            </li>
          );
        })}
      </ul>
      {more > 0 && <p class="muted">{t('moreMembers', { n: more })}</p>}
    </>
  );
}
