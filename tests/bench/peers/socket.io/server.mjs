// SPDX-License-Identifier: Apache-2.0
// The same work on Socket.IO: the event's name is the command, the library looks it up, the acknowledgement is the answer.
import { createServer } from 'node:http';
import { Server } from 'socket.io';

const http = createServer();
const io = new Server(http, { transports: ['websocket'], perMessageDeflate: false, serveClient: false });

const isText = (text) => typeof text === 'string' && text.length <= 4000;

io.on('connection', (socket) => {
  socket.on('benchEcho', ({ value, text }, answer) => {
    if (!Number.isInteger(value) || !isText(text)) return answer({ type: 'error', data: { code: 'invalid_args' } });
    answer({ type: 'benchEcho', data: { value, text } });
  });
  socket.on('subscribe', ({ channel }, answer) => {
    if (typeof channel !== 'string') return answer({ type: 'error', data: { code: 'invalid_args' } });
    socket.join(channel);
    answer({ type: 'subscribed', data: { channel } });
  });
  socket.on('benchFan', ({ channel, text }, answer) => {
    if (typeof channel !== 'string' || !isText(text)) return answer({ type: 'error', data: { code: 'invalid_args' } });
    io.to(channel).emit('benchFan', { text });
    answer({ type: 'ok', data: {} });
  });
});

http.listen(0, '127.0.0.1', () => console.log(`ready http://127.0.0.1:${http.address().port}/`));
