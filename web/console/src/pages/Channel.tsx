// SPDX-License-Identifier: Apache-2.0
// One channel: what it is about, who is there, what was said last.

import { useState } from 'preact/hooks';
import { query, step } from '../api';
import { useLoaded } from '../loaded';
import { moment, number, t, word } from '../i18n';
import { hrefOf } from '../route';
import { quoted } from '../ui/action';
import { Ctl, Facts, Known, PageTitle, Small, Table } from '../ui/parts';
import { deleteAction, sayAction, textOf, topicAction, type Channel, type Message } from './channel_actions';

interface Page {
  messages: Message[];
  more: boolean;
}

const kLookMs = 3000;
const kPage = 30;

export function ChannelPage({ name }: Readonly<{ name: string }>) {
  const info = useLoaded<Channel>(`/channels/${step(name)}`, kLookMs);
  const { value } = info;
  return (
    <>
      <p class="crumbs">
        <a href={hrefOf('channels')}>{t('channels')}</a>
      </p>
      <PageTitle title={name}>
        <button type="button" class="secondary" disabled={!value} onClick={() => value && topicAction(value, info.again)}>
          {t('changeTopic')}
        </button>
        <button type="button" class="secondary" disabled={!value} onClick={() => sayAction(info.again, name)}>
          {t('say')}
        </button>
      </PageTitle>
      <Known of={info}>
        {(channel) => (
          <>
            <Facts
              facts={[
                [t('topic'), channel.topic || t('noTopic')],
                [t('membersNow'), number(channel.present)],
                [t('lastOffset'), number(channel.messages)],
                [t('madeWhen'), madeText(channel)],
              ]}
            />
            <Ctl line={`parleyctl channel info ${quoted(name)}`} />
            <Messages channel={name} />
            <h2 class="section">{t('membersNow')}</h2>
            <Table
              label={t('membersNow')}
              empty={t('nobodyHere')}
              rows={channel.members}
              keyOf={({ id }) => id}
              columns={[
                { title: t('person'), cell: (member) => `${member.name} · ${word(member.kind)}` },
                { title: t('sessionsOf'), number: true, cell: ({ sessions }) => number(sessions) },
              ]}
            />
          </>
        )}
      </Known>
    </>
  );
}

/** A page of them, the newest first; the last page follows what is said. */
function Messages({ channel }: Readonly<{ channel: string }>) {
  const [before, setBefore] = useState<number>();
  const path = `/channels/${step(channel)}/messages${query({ limit: kPage, before })}`;
  const page = useLoaded<Page>(path, before === undefined ? kLookMs : 0);
  const first = page.value?.messages[0]?.offset;
  return (
    <>
      <h2 class="section">{t(before === undefined ? 'newest' : 'messages')}</h2>
      <Known of={page}>
        {({ messages, more }) => (
          <>
            <Table
              label={t('messages')}
              empty={t('noMessages')}
              rows={[...messages].reverse()}
              keyOf={({ offset }) => String(offset)}
              columns={[
                { title: t('offset'), number: true, cell: ({ offset }) => String(offset) },
                { title: t('when'), cell: ({ ts }) => <time class="moment">{moment(ts)}</time> },
                { title: t('who'), cell: ({ data }) => data?.from ?? '–' },
                { title: t('text'), cell: (message) => <Words of={message} /> },
              ]}
              tools={(message) =>
                canDelete(message) && (
                  <Small danger onClick={() => deleteAction(channel, message, page.again)}>
                    {t('deleteMessage')}
                    <span class="sr-only"> {message.offset}</span>
                  </Small>
                )
              }
            />
            <div class="form-end">
              {more && (
                <button type="button" class="secondary" onClick={() => setBefore(first)}>
                  {t('older')}
                </button>
              )}
              {before !== undefined && (
                <button type="button" class="secondary" onClick={() => setBefore(undefined)}>
                  {t('newest')}
                </button>
              )}
            </div>
          </>
        )}
      </Known>
      <Ctl line={`parleyctl channel messages ${quoted(channel)} --limit ${kPage}${before === undefined ? '' : ` --before ${before}`}`} />
    </>
  );
}

function madeText({ createdAt, createdBy }: Channel): string {
  return [createdAt ? moment(createdAt) : '–', createdBy].filter(Boolean).join(' · ');
}

const canDelete = ({ type, data }: Message): boolean => type === 'chatMessage' && data?.deleted !== true;

function Words({ of }: Readonly<{ of: Message }>) {
  if (of.data?.deleted) return <span class="muted">{t('wasDeleted')}</span>;
  return (
    <span class="words">
      {textOf(of)}
      {of.data?.edited && <small class="muted">{t('wasEdited')}</small>}
    </span>
  );
}
