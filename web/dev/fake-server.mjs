// SPDX-License-Identifier: Apache-2.0
// A stand-in for parleyd, for work on the page alone: enough of the protocol to bring up every state,
// with the headers of the real server. `node dev/fake-server.mjs [port]` serves web/dist.

import { createServer } from 'node:http';
import { readFile } from 'node:fs/promises';
import { extname, join, normalize } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { WebSocketServer } from 'ws';
import { plugins } from './fake-plugins.mjs';
import { revisions } from './fake-revisions.mjs';
import { commands } from './fake-world.mjs';

const kDist = fileURLToPath(new URL('../dist', import.meta.url));
const kTypes = {
  '.html': 'text/html; charset=utf-8',
  '.js': 'text/javascript; charset=utf-8',
  '.css': 'text/css; charset=utf-8',
  '.svg': 'image/svg+xml',
};
export const kPolicy =
  "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; connect-src 'self'; " +
  "manifest-src 'self'; worker-src 'self'; base-uri 'none'; form-action 'none'; " +
  "frame-ancestors 'none'; require-trusted-types-for 'script'; trusted-types parley dompurify";

const kBot = { id: 'b_bot', name: 'Parley', kind: 'bot' };

class FakeServer {
  sockets = new Set();
  channels = new Map();
  accounts = new Map();
  unloaded = new Set();
  nextUser = 1;

  async listen(port = 0) {
    this.http = createServer((request, response) => this.serve(request, response));
    this.ws = new WebSocketServer({ server: this.http, path: '/ws' });
    this.ws.on('connection', (socket) => this.accept(socket));
    await new Promise((done) => this.http.listen(port, '127.0.0.1', done));
    this.port = this.http.address().port;
    return `http://127.0.0.1:${this.port}/`;
  }

  /** Closes every connection with `code` and stops listening; the history stays for the next listen(). */
  async stop(code = 4400) {
    for (const socket of this.sockets) socket.close(code);
    this.sockets.clear();
    this.http.closeAllConnections?.();
    await new Promise((done) => this.http.close(done));
  }

  async serve(request, response) {
    const path = normalize(decodeURIComponent(new URL(request.url, 'http://x').pathname));
    const file = path === '/' ? '/index.html' : path;
    try {
      const body = await readFile(join(kDist, file));
      response.writeHead(200, {
        'content-type': kTypes[extname(file)] ?? 'application/octet-stream',
        'content-security-policy': kPolicy,
        'x-content-type-options': 'nosniff',
        'referrer-policy': 'no-referrer',
      });
      response.end(body);
    } catch {
      response.writeHead(404).end();
    }
  }

  accept(socket) {
    this.sockets.add(socket);
    socket.on('close', () => this.gone(socket));
    socket.on('message', (bytes) => this.receive(socket, JSON.parse(String(bytes))));
  }

  gone(socket) {
    this.sockets.delete(socket);
    const { user } = socket;
    const elsewhere = [...this.sockets].some((other) => other.user?.id === user?.id);
    if (user && !elsewhere) this.publish('global', { type: 'leave', data: { user } });
  }

  receive(socket, frame) {
    const { action, id, data, ...flat } = frame;
    const args = data ?? flat;
    const reply = (type, body, top = {}) => this.send(socket, { id, type, ...top, data: body });
    reply.id = id;
    const fail = (code, message, more = {}) => reply('error', { code, message, action, ...more });
    if (!socket.user && !['auth', 'login', 'register', 'ping', 'commands'].includes(action)) {
      return fail('unauthorized', 'sign in first');
    }
    const handler = this[`on_${action}`];
    if (handler) return handler.call(this, socket, args, reply, fail);
    this.run(socket, action, args, reply, fail);
  }

  // ---- signing in

  on_auth(socket, args, reply, fail) {
    if (args.guest) {
      const taken = [...this.sockets].some((other) => other.user?.name === args.guest);
      if (taken) {
        return fail('conflict', `the name ${args.guest} is taken`, {
          suggestion: `${args.guest}2`,
        });
      }
      return this.enter(
        socket,
        { id: `g_${this.nextUser++}`, name: args.guest, kind: 'guest' },
        reply,
      );
    }
    const account = [...this.accounts.values()].find((item) => item.token === args.token);
    if (!account) return fail('unauthorized', 'unknown token');
    this.enter(socket, account.user, reply);
  }

  on_register(socket, args, reply, fail) {
    if (this.accounts.has(args.name)) return fail('conflict', `the name ${args.name} is taken`);
    const user = { id: socket.user?.id ?? `u_${this.nextUser++}`, name: args.name, kind: 'user' };
    const token = `token-${args.name}`;
    this.accounts.set(args.name, { user, password: args.password, token });
    this.enter(socket, user, reply, { token });
  }

  on_login(socket, args, reply, fail) {
    const account = this.accounts.get(args.name);
    if (account?.password !== args.password) return fail('unauthorized', 'wrong name or password');
    this.enter(socket, account.user, reply, { token: account.token });
  }

  on_logout(socket, _args, reply) {
    reply('ok', {});
    socket.user = undefined;
  }

  enter(socket, user, reply, more = {}) {
    socket.user = user;
    socket.player ??= {
      hp: 24,
      maxHp: 30,
      mana: 8,
      maxMana: 10,
      score: 40,
      room: 'gate',
      bag: ['lantern'],
    };
    const channels = { global: this.channel('global').length, games: this.channel('games').length };
    reply('welcome', {
      v: 1,
      session: 's_1',
      resume: 'r_1',
      seq: 0,
      resumed: false,
      pingMs: 25000,
      commandsRev: 1,
      user: { roles: ['user'], ...user },
      limits: { frame: 65536, message: 4000 },
      channels,
      ...more,
    });
    this.publish('global', { type: 'join', data: { user } });
  }

  // ---- channels

  channel(name) {
    if (!this.channels.has(name)) this.channels.set(name, []);
    return this.channels.get(name);
  }

  members(name) {
    const people = [...this.sockets].filter((item) => item.user).map((item) => item.user);
    return name.startsWith('dm:')
      ? people.filter((user) => name.includes(user.id))
      : [kBot, ...people];
  }

  on_subscribe(socket, { channel, since, history }, reply) {
    const all = this.channel(channel);
    const messages =
      since !== undefined ? all.slice(since) : all.slice(-(history ?? 0) || all.length);
    const topic = channel === 'global' ? 'Newcomers first. Ask the bot anything.' : '';
    reply('subscribed', {
      channel,
      offset: all.length,
      recovered: true,
      members: this.members(channel).length,
      messages,
      topic,
      ...this.mark(socket, channel),
    });
  }

  on_unsubscribe(_socket, { channel }, reply) {
    reply('unsubscribed', { channel });
  }

  on_history(_socket, { channel, limit, before }, reply) {
    const older = this.channel(channel).filter((item) => item.offset < before);
    reply('history', { channel, messages: older.slice(-limit), more: older.length > limit });
  }

  on_presence(_socket, { channel }, reply) {
    const members = this.members(channel);
    reply('presence', { channel, users: members, total: members.length });
  }

  on_typing(socket, { channel }) {
    const frame = { type: 'typing', channel, data: { user: socket.user } };
    for (const other of this.sockets) if (other !== socket) this.send(other, frame);
  }

  on_ping(_socket, args, reply) {
    reply('pong', { t: args.t, now: Date.now() });
  }

  on_sendChat(socket, { channel, message, replyTo }, reply, fail) {
    const line = message.trimStart();
    if (line.startsWith('/') && !line.startsWith('//')) {
      const [name, ...words] = line.slice(1).split(/\s+/);
      const spec = commands('en').find((item) => item.name === name || item.aliases.includes(name));
      const args = Object.fromEntries(
        (spec?.args ?? []).map((arg, index) => [arg.name, words[index]]),
      );
      return this.run(socket, spec?.name ?? name, args, reply, fail);
    }
    if (this.isBlocked(channel)) return fail('forbidden', 'Messages between you two are blocked.');
    if (message.includes('forbidden')) return fail('forbidden', 'this word is not welcome here');
    const text = line.startsWith('//') ? line.slice(1) : message;
    const offset = this.channel(channel).length + 1;
    reply('ok', { offset });
    const answered = replyTo === undefined ? {} : { replyTo };
    this.say(channel, socket.user, { from: socket.user.name, text, ...answered });
    const answer = /hello|привет|bot|parley/i.test(text) || channel.includes(kBot.id);
    if (answer)
      this.botSays(
        channel,
        `Hello, **${socket.user.name}**. Ask me for \`/help\`, or press a button.`,
      );
  }

  botSays(channel, text, more = {}) {
    const buttons = [
      { label: 'Roll two dice', style: 'primary', command: { action: 'roll', dice: '2d6' } },
      { label: 'Look around', command: { action: 'look' } },
    ];
    this.say(channel, kBot, {
      from: kBot.name,
      text,
      format: 'markdown',
      bot: true,
      buttons,
      ...more,
    });
  }

  say(channel, user, data, ts = Date.now(), type = 'chatMessage') {
    const all = this.channel(channel);
    const frame = {
      type,
      channel,
      offset: all.length + 1,
      ts,
      user: { id: user.id, kind: user.kind },
      data,
    };
    all.push(frame);
    this.publish(channel, frame);
    return frame.offset;
  }

  publish(channel, frame) {
    for (const socket of this.sockets) {
      const ours = !channel.startsWith('dm:') || channel.includes(socket.user?.id);
      if (socket.user && ours) this.send(socket, { channel, ...frame });
    }
  }

  // ---- modules

  on_commands(_socket, { locale }, reply) {
    const list = commands(locale).filter((item) => !this.unloaded.has(item.plugin));
    reply('commands', { rev: 1, commands: list });
  }

  load(plugin, on) {
    if (on) this.unloaded.delete(plugin);
    else this.unloaded.add(plugin);
    const names = commands('en')
      .filter((item) => item.plugin === plugin)
      .map((item) => item.name);
    const data = { rev: 2, added: on ? names : [], removed: on ? [] : names };
    for (const socket of this.sockets)
      if (socket.user) this.send(socket, { type: 'commandsChanged', data });
  }

  run(socket, action, args, reply, fail) {
    const spec = commands('en').find((item) => item.name === action);
    if (!spec || this.unloaded.has(spec.plugin)) {
      return fail('unknown_action', `there is no command /${action}: type / to see what there is`);
    }
    plugins[action]?.(this, socket, args, reply, fail);
  }

  event(event, text) {
    for (const socket of this.sockets)
      if (socket.user) this.send(socket, { type: 'worldEvent', event, text });
  }

  send(socket, frame) {
    if (socket.readyState === 1) socket.send(JSON.stringify(frame));
  }
}

Object.assign(FakeServer.prototype, revisions);

export function fakeServer() {
  return new FakeServer();
}

if (import.meta.url === pathToFileURL(process.argv[1] ?? '').href) {
  const server = fakeServer();
  console.log(`ready ${await server.listen(Number(process.argv[2] ?? 8090))}`);
}
