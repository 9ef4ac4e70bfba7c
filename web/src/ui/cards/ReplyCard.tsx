// SPDX-License-Identifier: Apache-2.0
// An answer or push by its type. Types this page does not know become a plain card of their fields.

import type { Data, Frame } from '@parley/client';
import { errorOf } from '@parley/client';
import { t } from '../../i18n';
import type { Channel } from '../../state/channel';
import type { Known } from '../../state/known';
import { list, number, object, text, toMessage } from '../../state/messages';
import { Buttons } from '../Buttons';
import { refusalText } from '../errors';
import { Ban, Box, Check, CircleAlert, Dices, Hash, Users } from '../icons';
import { Text } from '../Message';
import { Card, CardView, Fields, display, label, pairsOf } from './Card';
import { ChannelsCard } from './ChannelsCard';
import { CombatCard, ScoreCard, StateCard } from './GameCards';
import { DataCard, SessionsCard } from './AccountCards';
import { WhoamiCard } from './WhoamiCard';

export function ReplyCard({
  channel,
  frame,
  known,
}: {
  channel: Channel;
  frame: Frame;
  known?: Known | undefined;
}) {
  const data = frame.data ?? {};
  switch (frame.type) {
    case 'botMessage':
    case 'chatMessage':
      return <Answer channel={channel} frame={frame} />;
    case 'playerStateUpdate':
      return <StateCard channel={channel} data={data} />;
    case 'combatResult':
      return <CombatCard data={data} />;
    case 'scoreBoard':
      return <ScoreCard data={data} />;
    case 'diceRolled':
      return <DiceCard data={data} />;
    case 'whoami':
      return <WhoamiCard data={data} />;
    case 'channels':
      return <ChannelsCard channel={channel} data={data} />;
    case 'sessions':
      return <SessionsCard data={data} />;
    case 'myData':
      return <DataCard data={data} />;
    case 'blocked':
      return <BlockedCard data={data} />;
    case 'topic':
      return (
        <Quiet
          icon={<Hash size={16} strokeWidth={1.5} aria-hidden="true" />}
          said={text(data['topic']) || t('topicNone')}
        />
      );
    case 'presence':
      return <PresenceCard data={data} />;
    case 'ok':
      return <Done data={data} />;
    case 'subscribed':
    case 'unsubscribed':
      return (
        <Quiet
          icon={<Hash size={16} strokeWidth={1.5} aria-hidden="true" />}
          said={text(data['channel']) ?? ''}
        />
      );
    case 'history':
      return <HistoryCard data={data} />;
    case 'error':
      return <Refusal frame={frame} known={known} />;
    default:
      return <UnknownCard frame={frame} />;
  }
}

function Answer({ channel, frame }: { channel: Channel; frame: Frame }) {
  const message = toMessage(frame, 0);
  return (
    <div class="answer">
      <Text message={message} />
      {message.card && <CardView card={message.card} />}
      <Buttons channel={channel} buttons={message.buttons} />
    </div>
  );
}

function Refusal({ frame, known }: { frame: Frame; known: Known | undefined }) {
  return (
    <p class="refusal" role="alert">
      <CircleAlert size={16} strokeWidth={1.5} aria-hidden="true" />
      <span>{refusalText(errorOf(frame).data, known)}</span>
    </p>
  );
}

function Quiet({ icon, said }: { icon: preact.ComponentChildren; said: string }) {
  return (
    <p class="quiet-line">
      {icon}
      <span>{said}</span>
    </p>
  );
}

function Done({ data }: { data: Data }) {
  const said = text(data['text']) ?? text(data['message']) ?? turned(data);
  const pairs = pairsOf(data, ['text', 'message', 'offset', 'ok', ...(said ? ['blocked', 'unblocked'] : [])]);
  return (
    <>
      <Quiet
        icon={<Check size={16} strokeWidth={1.5} aria-hidden="true" />}
        said={said ?? t('done')}
      />
      <Fields pairs={pairs} />
    </>
  );
}

/** Of `/block NAME` and its opposite. */
function turned(data: Data): string | undefined {
  const blocked = text(data['blocked']);
  const unblocked = text(data['unblocked']);
  if (blocked) return t('blockedNow', { name: blocked });
  return unblocked && t('unblockedNow', { name: unblocked });
}

/** More dice than this are folded away. */
const kDiceShown = 24;

function Rolls({ rolls }: { rolls: number[] }) {
  return (
    <span class="rolls">
      {rolls.map((roll, index) => (
        <i key={index}>{roll}</i>
      ))}
    </span>
  );
}

function DiceCard({ data }: { data: Data }) {
  const total = number(data['total']);
  const rolls = list(data['rolls']).flatMap((roll) => number(roll) ?? []);
  const dice = text(data['dice']);
  return (
    <Card icon={Dices} title={dice ? `${t('rolled')} ${dice}` : t('rolled')} tone="dice">
      <p class="figure">
        <strong>{total === undefined ? '–' : display(total)}</strong>
        {rolls.length > 1 && <Rolls rolls={rolls.slice(0, kDiceShown)} />}
      </p>
      {rolls.length > kDiceShown && (
        <details class="rolls-more">
          <summary>{t('moreMembers', { n: rolls.length - kDiceShown })}</summary>
          <Rolls rolls={rolls.slice(kDiceShown)} />
        </details>
      )}
      <Fields pairs={pairsOf(data, ['total', 'rolls', 'dice', 'text'])} />
    </Card>
  );
}

function PresenceCard({ data }: { data: Data }) {
  const names = list(data['users'] ?? data['members']).map((member) => display(member));
  const total = number(data['total']) ?? names.length;
  return (
    <Card icon={Users} title={t('peopleCount', { n: total })}>
      <p>{names.join(', ')}</p>
    </Card>
  );
}

function BlockedCard({ data }: { data: Data }) {
  const names = list(data['users']).map((one) => display(one));
  return (
    <Card icon={Ban} title={t('blockedPeople')}>
      <p>{names.join(', ') || t('blockedNobody')}</p>
    </Card>
  );
}

function HistoryCard({ data }: { data: Data }) {
  const messages = list(data['messages']).flatMap((item) => {
    const frame = object(item) as unknown as Frame | undefined;
    return frame ? [toMessage(frame, 0)] : [];
  });
  return (
    <div class="answer">
      {messages.map((message) => (
        <p key={message.key} class="quoted">
          <strong>{message.author.name}</strong> {message.text}
        </p>
      ))}
    </div>
  );
}

function UnknownCard({ frame }: { frame: Frame }) {
  const data = frame.data ?? {};
  const title = text(data['title']) ?? label(frame.type);
  const said = text(data['text']) ?? text(data['message']);
  return (
    <Card icon={Box} title={title}>
      {said && <p>{said}</p>}
      <Fields pairs={pairsOf(data, ['title', 'text', 'message'])} />
    </Card>
  );
}
