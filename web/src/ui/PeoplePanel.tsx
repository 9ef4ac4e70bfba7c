// SPDX-License-Identifier: Apache-2.0
import { MessageSquare } from './icons';
import { t } from '../i18n';
import type { Channel } from '../state/channel';
import { Avatar } from './Avatar';
import { useApp } from './context';
import { goToPerson } from './shortcuts';

export function PeoplePanel({ channel }: { channel: Channel }) {
  const app = useApp();
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
              {!mine && member.kind === 'guest' && <span class="badge">{t('guest')}</span>}
              {member.kind === 'bot' && <span class="badge bot">{t('bot')}</span>}
              {!mine && (
                <button
                  type="button"
                  class="icon"
                  aria-label={t('messagePerson', { name: member.name })}
                  onClick={() => goToPerson(app, member)}
                >
                  <MessageSquare size={16} strokeWidth={1.5} />
                </button>
              )}
            </li>
          );
        })}
      </ul>
      {more > 0 && <p class="muted">{t('moreMembers', { n: more })}</p>}
    </>
  );
}
