// SPDX-License-Identifier: Apache-2.0
// The same work on Node and ws: parse the command, look it up, check its arguments, answer with its id; join a room, fan out.
import { WebSocketServer } from 'ws';

const rooms = new Map();

function fail(socket, id, code) {
  socket.send(JSON.stringify({ id, type: 'error', data: { code } }));
}

const handlers = new Map([
  ['benchEcho', {
    check: (c) => Number.isInteger(c.value) && typeof c.text === 'string' && c.text.length <= 4000,
    run(socket, { id, value, text }) {
      socket.send(JSON.stringify({ id, type: 'benchEcho', data: { value, text } }));
    },
  }],
  ['subscribe', {
    check: (c) => typeof c.channel === 'string',
    run(socket, { id, channel }) {
      if (!rooms.has(channel)) rooms.set(channel, new Set());
      rooms.get(channel).add(socket);
      socket.on('close', () => rooms.get(channel).delete(socket));
      socket.send(JSON.stringify({ id, type: 'subscribed', data: { channel } }));
    },
  }],
  ['benchFan', {
    check: (c) => typeof c.channel === 'string' && typeof c.text === 'string' && c.text.length <= 4000,
    run(socket, { id, channel, text }) {
      const frame = JSON.stringify({ type: 'benchFan', channel, data: { text } });
      for (const member of rooms.get(channel) ?? []) member.send(frame);
      socket.send(JSON.stringify({ id, type: 'ok', data: {} }));
    },
  }],
]);

const server = new WebSocketServer({ host: '127.0.0.1', port: 0, perMessageDeflate: false, maxPayload: 65536 });
server.on('listening', () => console.log(`ready http://127.0.0.1:${server.address().port}/`));
server.on('connection', (socket) => {
  socket.on('error', () => {}); // ws closes the connection by itself; without a listener the process would end
  socket.on('message', (bytes) => {
    let command;
    try {
      command = JSON.parse(bytes);
    } catch {
      return fail(socket, undefined, 'bad_json');
    }
    const handler = handlers.get(command.action);
    if (!handler) return fail(socket, command.id, 'unknown_action');
    if (!handler.check(command)) return fail(socket, command.id, 'invalid_args');
    handler.run(socket, command);
  });
});
