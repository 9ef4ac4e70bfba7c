// SPDX-License-Identifier: Apache-2.0
// What the stand-in server knows: its commands and its rooms.

const kCommands = [
  ['help', 'reply', ['commands'], 'What the bot can do', 'Что умеет бот', []],
  [
    'roll',
    'dice',
    [],
    'Roll dice',
    'Бросить кубики',
    [['dice', 'string', false, 'NdM, for example 2d6', 'NdM, например 2d6']],
  ],
  ['look', 'game', ['l'], 'Look around', 'Осмотреться', []],
  [
    'move',
    'game',
    ['go'],
    'Walk through an exit',
    'Пройти через выход',
    [['direction', 'string', true, 'where to', 'куда', ['north', 'south', 'east', 'west']]],
  ],
  [
    'take',
    'game',
    ['pickup'],
    'Take a thing',
    'Взять вещь',
    [['item', 'string', true, 'what', 'что']],
  ],
  [
    'attack',
    'game',
    [],
    'Attack a creature',
    'Напасть',
    [['target', 'string', true, 'whom', 'на кого']],
  ],
  [
    'castSpell',
    'game',
    ['cast'],
    'Cast a spell',
    'Сотворить заклинание',
    [['spellId', 'int', true, 'its number', 'номер']],
  ],
  ['score', 'game', [], 'The best players', 'Лучшие игроки', []],
  [
    'join',
    'chat',
    [],
    'Join a channel',
    'Войти в канал',
    [['channel', 'string', true, 'its name', 'имя']],
  ],
  [
    'topic',
    'chat',
    [],
    'Set the topic of the channel',
    'Задать тему канала',
    [['text', 'string', true, 'the new topic', 'новая тема']],
  ],
  ['story', 'reply', [], 'A story, word by word', 'История по словам', []],
  ['weather', 'weather', [], 'Weather at the gate', 'Погода у ворот', []],
];

export function commands(locale) {
  const ru = locale === 'ru' ? 1 : 0;
  return kCommands.map(([name, plugin, aliases, ...rest]) => ({
    name,
    plugin,
    aliases,
    help: rest[ru],
    version: '1.0.0',
    roles: [],
    args: rest[2].map(([arg, type, required, ...more]) => ({
      name: arg,
      type,
      required,
      help: more[ru],
      ...(more[2] ? { choices: more[2] } : {}),
    })),
  }));
}

export const rooms = {
  gate: {
    name: 'The old gate',
    description: 'Two stone posts and no wall. The road goes on as if nobody had told it.',
    exits: { north: 'forest', east: 'market' },
    items: [{ id: 'rope', name: 'rope' }],
    creatures: [],
  },
  forest: {
    name: 'Edge of the forest',
    description: 'Pines, and between them more pines. Something moved.',
    exits: { south: 'gate' },
    items: [{ id: 'mushroom', name: 'mushroom', count: 3 }],
    creatures: [{ id: 'wolf', name: 'grey wolf', hp: 12, maxHp: 12 }],
  },
  market: {
    name: 'Market square',
    description: 'Stalls under canvas, most of them asleep.',
    exits: { west: 'gate' },
    items: [],
    creatures: [],
  },
};
