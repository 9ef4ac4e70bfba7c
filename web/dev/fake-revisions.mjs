// SPDX-License-Identifier: Apache-2.0
// Of the stand-in server: changed messages, what was read, and who is blocked.

export const revisions = {
  on_editMessage(socket, { channel, offset, message }, reply, fail) {
    this.revise(socket, channel, offset, { text: message, edited: true }, reply, fail);
  },

  on_deleteMessage(socket, { channel, offset }, reply, fail) {
    this.revise(socket, channel, offset, { text: '', deleted: true }, reply, fail);
  },

  revise(socket, channel, offset, now, reply, fail) {
    const all = this.channel(channel);
    const message = all.find((item) => item.offset === offset && item.type === 'chatMessage');
    if (!message || message.data.deleted) return fail('not_found', 'There is no such message.');
    const others = socket.user.roles?.includes('moderator');
    if (message.user.id !== socket.user.id && !others)
      return fail('forbidden', 'Only who wrote a message and moderators may change it.');
    for (const item of all)
      if (item.type === 'chatEdited' && item.data.offset === offset)
        item.data = { offset, superseded: true };
    message.data = { ...(now.deleted ? { from: message.data.from } : message.data), ...now };
    const change = { offset, from: socket.user.name, ...(now.deleted ? {} : { text: now.text }) };
    reply('ok', { offset: all.length + 1 });
    this.say(channel, socket.user, change, Date.now(), now.deleted ? 'chatDeleted' : 'chatEdited');
  },

  /** A mark is a person's, not a connection's. */
  mark(socket, channel) {
    this.marks ??= new Map();
    const key = `${socket.user.id} ${channel}`;
    const all = this.channel(channel);
    if (!this.marks.has(key)) this.marks.set(key, channel.startsWith('dm:') ? 0 : all.length);
    const read = this.marks.get(key);
    const fresh = all.filter(
      (item) =>
        item.offset > read &&
        item.type === 'chatMessage' &&
        item.user.id !== socket.user.id &&
        !item.data.deleted,
    );
    const called = `@${socket.user.name}`.toLowerCase();
    const mentions = fresh.filter((item) => item.data.text.toLowerCase().includes(called));
    return { channel, read, unread: fresh.length, mentions: mentions.length };
  },

  on_markRead(socket, { channel, offset }, reply) {
    const { read } = this.mark(socket, channel);
    this.marks.set(`${socket.user.id} ${channel}`, Math.max(read, offset));
    const data = this.mark(socket, channel);
    reply('read', data);
    for (const other of this.sockets)
      if (other !== socket && other.user?.id === socket.user.id)
        this.send(other, { type: 'read', data });
  },

  blocksOf(id) {
    this.blocks ??= new Map();
    if (!this.blocks.has(id)) this.blocks.set(id, new Map());
    return this.blocks.get(id);
  },

  on_block(socket, { user }, reply, fail) {
    const person = [...this.sockets].find((item) => item.user?.id === user)?.user;
    if (!person) return fail('not_found', `There is nobody called ${user}.`);
    this.blocksOf(socket.user.id).set(user, person.name);
    reply('ok', { blocked: person.name });
  },

  on_unblock(socket, { user }, reply) {
    const name = this.blocksOf(socket.user.id).get(user);
    this.blocksOf(socket.user.id).delete(user);
    reply('ok', { unblocked: name });
  },

  on_blocked(socket, _args, reply) {
    const users = [...this.blocksOf(socket.user.id)].map(([id, name]) => ({ id, name }));
    reply('blocked', { users });
  },

  isBlocked(channel) {
    const [kind, a, b] = channel.split(':');
    return kind === 'dm' && (this.blocksOf(a).has(b) || this.blocksOf(b).has(a));
  },
};
