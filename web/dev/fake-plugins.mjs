// SPDX-License-Identifier: Apache-2.0
// The stand-in's plugins: what each command answers, one function by the command's name.

import { rooms } from './fake-world.mjs';

function state(socket) {
  const { room, bag, ...vitals } = socket.player;
  const place = rooms[room];
  const bagged = bag.map((name) => ({ id: name, name }));
  return {
    name: socket.user.name,
    ...vitals,
    inventory: bagged,
    room: {
      ...place,
      id: room,
      exits: Object.keys(place.exits),
      players: [{ id: socket.user.id, name: socket.user.name }],
    },
  };
}

export const plugins = {
  help(_server, _socket, _args, reply) {
    reply('botMessage', {
      from: 'Parley',
      format: 'markdown',
      bot: true,
      text:
        'You can **talk** here, and you can run commands:\n\n' +
        '- `/roll 2d6` throws dice\n- `/look`, `/move north` walk through a small world\n' +
        '- `/join games` opens another channel\n\nMore at [the handbook](https://example.org/handbook).',
      buttons: [{ label: 'Roll 2d6', command: { action: 'roll', dice: '2d6' } }],
    });
  },

  roll(_server, _socket, args, reply, fail) {
    const match = /^(\d{1,2})d(\d{1,3})$/.exec(args.dice ?? '2d6');
    if (!match)
      return fail('invalid_args', 'dice: write it as NdM, for example 2d6', {
        fields: { dice: 'NdM' },
      });
    const rolls = Array.from(
      { length: Number(match[1]) },
      () => 1 + Math.floor(Math.random() * match[2]),
    );
    reply('diceRolled', {
      dice: match[0],
      rolls,
      total: rolls.reduce((sum, roll) => sum + roll, 0),
    });
  },

  look(_server, socket, _args, reply) {
    reply('playerStateUpdate', state(socket));
  },

  move(_server, socket, { direction }, reply, fail) {
    const next = rooms[socket.player.room].exits[direction];
    if (!next) return fail('invalid_args', `there is no way ${direction} from here`);
    socket.player.room = next;
    reply('playerStateUpdate', state(socket));
  },

  attack(_server, socket, args, reply) {
    socket.player.wolf = Math.max(0, (socket.player.wolf ?? 12) - 5);
    const defeated = socket.player.wolf === 0;
    reply('combatResult', {
      attacker: socket.user.name,
      target: args.target ?? 'wolf',
      damage: 5,
      hit: true,
      defeated,
      targetHp: socket.player.wolf,
      targetMaxHp: 12,
    });
  },

  castSpell(server, socket, _args, reply) {
    reply('combatResult', {
      attacker: socket.user.name,
      target: 'grey wolf',
      damage: 8,
      hit: true,
      targetHp: 4,
      targetMaxHp: 12,
      spell: 'earthquake',
      text: 'Your earthquake strikes the grey wolf.',
    });
    server.event('earthquake', 'The ground shakes; birds rise from the trees.');
  },

  score(_server, socket, _args, reply) {
    const scores = [
      { place: 1, name: 'Ada', score: 120, level: 3 },
      { place: 2, name: socket.user.name, score: 40, level: 2 },
    ];
    reply('scoreBoard', { scores, you: scores[1], text: 'You are number 2 with 40 points.' });
  },

  take(_server, socket, { item }, reply) {
    socket.player.bag.push(item);
    reply('playerStateUpdate', state(socket));
  },

  story(server, socket, _args, reply) {
    const words =
      'Once there was a server that **never** forgot a word, and a page that never jumped.'.split(
        ' ',
      );
    const id = reply.id;
    words.forEach((word, index) => {
      setTimeout(
        () => server.send(socket, { for: id, type: 'progress', data: { append: `${word} ` } }),
        index * 120,
      );
    });
    const text = words.join(' ');
    setTimeout(
      () => reply('botMessage', { from: 'Parley', bot: true, format: 'markdown', text }),
      words.length * 120,
    );
  },

  weather(_server, _socket, _args, reply) {
    reply('weatherReport', {
      title: 'Weather at the gate',
      temperature: 4,
      windFrom: 'north-east',
      rain: false,
    });
  },

  join(server, socket, args, reply) {
    server.on_subscribe(socket, { channel: args.channel, history: 50 }, reply);
  },
};
