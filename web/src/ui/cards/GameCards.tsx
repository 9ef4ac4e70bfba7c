// SPDX-License-Identifier: Apache-2.0
import type { Data } from '@parley/client';
import { directionName, formatNumber, t } from '../../i18n';
import type { Channel } from '../../state/channel';
import { parsePlayer, present as place } from '../../state/game';
import { list, number, object, text } from '../../state/messages';
import { useApp } from '../context';
import { MapPin, Skull, Swords, Trophy } from '../icons';
import { Bar } from './Bar';
import { Card, Fields, display, label, pairsOf } from './Card';

/**
 * A place as one reads it in the stream; the whole state stands in the side panel. Only from where the
 * player is now the exits lead anywhere.
 */
export function StateCard({ channel, data }: { channel: Channel; data: Data }) {
  const app = useApp();
  const state = parsePlayer(data);
  const room = state.room;
  const others = room?.players.filter((item) => item.name !== state.name) ?? [];
  const present = room
    ? [...room.creatures, ...others, ...room.items].map((item) => item.name)
    : [];
  // A look around says in words what the card shows anyway; anything else in `text` is news.
  const known = room?.description && state.text?.includes(room.description);
  const news = known ? undefined : state.text;
  return (
    <Card icon={MapPin} title={room?.name || state.name || t('place')} tone="state">
      {news && <p class="news">{news}</p>}
      {room?.description && <p>{room.description}</p>}
      {present.length > 0 && <p class="present">{present.join(' · ')}</p>}
      {state.hp !== undefined && (
        <Bar name={t('health')} value={state.hp} max={state.maxHp} tone="hp" />
      )}
      <Fields pairs={state.rest.map(([key, value]) => [label(key), display(value)])} />
      {room && room.exits.length > 0 && place.value !== data && (
        <p class="past">{`${t('exits')}: ${room.exits.map(directionName).join(', ')}`}</p>
      )}
      {room && room.exits.length > 0 && place.value === data && (
        <div class="pills">
          {room.exits.map((exit) => (
            <button
              type="button"
              key={exit}
              class="pill"
              onClick={() => app.outgoing.press(channel, { action: 'move', direction: exit })}
            >
              {directionName(exit)}
            </button>
          ))}
        </div>
      )}
    </Card>
  );
}

export function CombatCard({ data }: { data: Data }) {
  const attacker = nameOf(data['attacker']);
  const target = nameOf(data['target']);
  const hit = data['hit'] !== false;
  const defeated = data['defeated'] === true;
  const damage = number(data['damage']);
  // A spell over an empty place strikes nobody: there is no health to show.
  const max = number(data['targetMaxHp']);
  const hp = max === 0 ? undefined : number(data['targetHp']);
  const title =
    text(data['text']) ?? t(defeated ? 'defeated' : hit ? 'hit' : 'miss', { attacker, target });
  const known = [
    'attacker',
    'target',
    'damage',
    'targetHp',
    'targetMaxHp',
    'hit',
    'defeated',
    'text',
    'spell',
  ];
  return (
    <Card icon={defeated ? Skull : Swords} title={title} tone="combat">
      {hit && damage !== undefined && (
        <p class="figure">
          <strong>−{formatNumber(damage)}</strong>
          <span>{t('damage')}</span>
        </p>
      )}
      {hp !== undefined && <Bar name={target} value={hp} max={max} tone="hp" />}
      <Fields pairs={pairsOf(data, known)} />
    </Card>
  );
}

function nameOf(value: unknown): string {
  return text(value) ?? text(object(value)?.['name']) ?? '?';
}

/** scoreBoard {scores: [{place, name, score, level}], text}: what a row lacks stays empty. */
export function ScoreCard({ data }: { data: Data }) {
  const lines = list(data['scores'])
    .map(object)
    .filter((line): line is Data => line !== undefined);
  return (
    <Card icon={Trophy} title={t('scores')}>
      {text(data['text']) && <p class="news">{text(data['text'])}</p>}
      <table class="scores">
        <thead>
          <tr>
            <th scope="col">
              <span class="sr-only">{t('rank')}</span>
            </th>
            <th scope="col">{t('player')}</th>
            <th scope="col">{t('level')}</th>
            <th scope="col">{t('score')}</th>
          </tr>
        </thead>
        <tbody>
          {lines.map((line, index) => (
            <tr key={index}>
              <td>{display(line['place'] ?? index + 1)}</td>
              <td>{nameOf(line)}</td>
              <td>{display(line['level'])}</td>
              <td>{display(line['score'])}</td>
            </tr>
          ))}
        </tbody>
      </table>
    </Card>
  );
}
