// SPDX-License-Identifier: Apache-2.0
// The player's world beside the conversation. Every thing in it is a button that runs a command.

import type { ComponentChildren } from 'preact';
import { Backpack, Compass, Gem, MapPin, Swords, Users } from './icons';
import { directionName, formatNumber, t } from '../i18n';
import type { Channel } from '../state/channel';
import { player, type Named, type Player } from '../state/game';
import { Bar } from './cards/Bar';
import { Fields, display, label } from './cards/Card';
import { useApp } from './context';

export function GamePanel({ channel }: { channel: Channel }) {
  const app = useApp();
  const state = player.value;
  const run = (action: string, args: Record<string, string> = {}): void =>
    void app.outgoing.press(channel, { action, ...args });
  if (!state) {
    return (
      <div class="no-game">
        <Compass size={28} strokeWidth={1.5} aria-hidden="true" />
        <p>{t('noGame')}</p>
        <button type="button" class="pill primary" onClick={() => run('look')}>
          {t('lookAround')}
        </button>
      </div>
    );
  }
  return (
    <div class="game">
      <Vitals state={state} />
      {state.room && <Room room={state.room} self={state.name} run={run} />}
      {state.inventory && (
        <Section
          icon={<Backpack size={16} strokeWidth={1.5} aria-hidden="true" />}
          title={t('inventory')}
        >
          <Things
            things={state.inventory}
            verb={(item) => t('drop', { name: item.name })}
            act={(item) => run('drop', { item: item.id })}
            empty={t('inventoryEmpty')}
          />
        </Section>
      )}
      <Fields pairs={state.rest.map(([key, value]) => [label(key), display(value)])} />
    </div>
  );
}

function Vitals({ state }: { state: Player }) {
  return (
    <section class="vitals">
      {state.hp !== undefined && (
        <Bar name={t('health')} value={state.hp} max={state.maxHp} tone="hp" />
      )}
      {state.mana !== undefined && (
        <Bar name={t('mana')} value={state.mana} max={state.maxMana} tone="mana" />
      )}
      {state.level !== undefined && <Figure name={t('level')} value={state.level} />}
      {state.score !== undefined && <Figure name={t('score')} value={state.score} />}
    </section>
  );
}

function Figure({ name, value }: { name: string; value: number }) {
  return (
    <p class="score">
      <span>{name}</span>
      <strong>{formatNumber(value)}</strong>
    </p>
  );
}

function Room({
  room,
  self,
  run,
}: {
  room: NonNullable<Player['room']>;
  self: string | undefined;
  run: (action: string, args?: Record<string, string>) => void;
}) {
  const others = room.players.filter((item) => item.name !== self);
  return (
    <>
      <Section icon={<MapPin size={16} strokeWidth={1.5} aria-hidden="true" />} title={room.name}>
        {room.description && <p class="muted">{room.description}</p>}
        {room.exits.length > 0 && (
          <div class="pills" role="group" aria-label={t('exits')}>
            {room.exits.map((exit) => (
              <button
                type="button"
                key={exit}
                class="pill"
                onClick={() => run('move', { direction: exit })}
              >
                {directionName(exit)}
              </button>
            ))}
          </div>
        )}
      </Section>
      {room.creatures.length > 0 && (
        <Section
          icon={<Swords size={16} strokeWidth={1.5} aria-hidden="true" />}
          title={t('hereNow')}
        >
          <Things
            things={room.creatures}
            verb={(item) => t('attack', { name: item.name })}
            act={(item) => run('attack', { target: item.id })}
          />
        </Section>
      )}
      {others.length > 0 && (
        <Section
          icon={<Users size={16} strokeWidth={1.5} aria-hidden="true" />}
          title={t('people')}
        >
          <Things things={others} />
        </Section>
      )}
      {room.items.length > 0 && (
        <Section
          icon={<Gem size={16} strokeWidth={1.5} aria-hidden="true" />}
          title={t('onTheGround')}
        >
          <Things
            things={room.items}
            verb={(item) => t('take', { name: item.name })}
            act={(item) => run('take', { item: item.id })}
          />
        </Section>
      )}
    </>
  );
}

function Section({
  icon,
  title,
  children,
}: {
  icon: ComponentChildren;
  title: string;
  children: ComponentChildren;
}) {
  return (
    <section>
      <h2>
        {icon}
        {title}
      </h2>
      {children}
    </section>
  );
}

function Things({
  things,
  verb,
  act,
  empty,
}: {
  things: Named[];
  verb?: (item: Named) => string;
  act?: (item: Named) => void;
  empty?: string;
}) {
  if (things.length === 0) return <p class="muted">{empty}</p>;
  return (
    <ul class="things">
      {things.map((item) => (
        <li key={item.id}>
          <span>{item.name}</span>
          {item.detail && <span class="muted">{item.detail}</span>}
          {act && verb && (
            <button type="button" class="link" aria-label={verb(item)} onClick={() => act(item)}>
              {verbWord(verb(item))}
            </button>
          )}
        </li>
      ))}
    </ul>
  );
}

/** "Take lantern" stands beside "lantern": the verb alone is enough to the eye. */
function verbWord(sentence: string): string {
  return sentence.split(/[\s:]/, 1)[0] ?? sentence;
}
