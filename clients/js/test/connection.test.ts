// SPDX-License-Identifier: Apache-2.0
import { beforeEach, describe, expect, it } from 'vitest';
import { backoffMs, kCapMs, mayReconnect } from '../src/backoff.js';
import { Connection } from '../src/connection.js';
import { FakeEnvironment } from '../src/testing.js';
import type { Frame } from '../src/protocol.js';

describe('back-off', () => {
  it('doubles its ceiling from 300 ms to 20 s and takes any point below it', () => {
    expect(backoffMs(0, () => 0.999)).toBe(299);
    expect(backoffMs(3, () => 0.5)).toBe(1200);
    expect(backoffMs(50, () => 0.9999)).toBeLessThan(kCapMs);
    expect(backoffMs(50, () => 0)).toBe(0);
  });

  it('decides by the range of the close code', () => {
    for (const code of [1001, 1006, 1011, 1012, 1013, 4400, 4403, 4408, 4499])
      expect(mayReconnect(code)).toBe(true);
    for (const code of [1002, 1007, 4500, 4502, 4504, 4509, 4999])
      expect(mayReconnect(code)).toBe(false);
  });
});

describe('Connection', () => {
  let env: FakeEnvironment;
  let connection: Connection;
  let frames: Frame[];
  beforeEach(() => {
    env = new FakeEnvironment();
    connection = new Connection(env);
    frames = [];
    connection.onFrame = (frame) => frames.push(frame);
    connection.open();
  });

  it('hands over frames and ignores what is no frame', () => {
    env.socket.accept();
    for (const bad of ['', 'null', '[]', '{}', '{"type":7}', '{', new ArrayBuffer(2)])
      env.socket.pushRaw(bad);
    env.socket.push({ type: 'chatMessage', data: { text: 'hi' } });
    expect(frames.map((frame) => frame.type)).toEqual(['chatMessage']);
  });

  it('drops data that is no object, keeps the frame', () => {
    env.socket.accept();
    env.socket.pushRaw('{"type":"odd","data":"text"}');
    expect(frames[0]).toEqual({ type: 'odd' });
  });

  it('comes back after a loss, each time later', () => {
    env.socket.drop();
    expect(connection.state).toMatchObject({
      kind: 'waiting',
      attempt: 1,
      retryAt: env.now() + 150,
    });
    env.pass(150);
    env.socket.drop();
    expect(connection.state).toMatchObject({ kind: 'waiting', retryAt: env.now() + 300 });
    env.pass(299);
    expect(env.sockets).toHaveLength(2);
    env.pass(1);
    expect(env.sockets).toHaveLength(3);
  });

  it('starts its back-off anew only once a session has settled', () => {
    env.socket.drop();
    env.pass(150);
    env.socket.accept();
    env.socket.drop();
    expect(connection.state).toMatchObject({ attempt: 2 });
    env.pass(300);
    env.socket.accept();
    connection.settled();
    env.socket.drop();
    expect(connection.state).toMatchObject({ attempt: 1 });
  });

  it('waits the time a draining server asks for', () => {
    env.socket.accept();
    env.socket.push({ type: 'reconnect', data: { reason: 'shutdown', afterMs: 1234 } });
    env.socket.drop(4400);
    expect(connection.state).toMatchObject({ kind: 'waiting', retryAt: env.now() + 1234 });
  });

  it('stays away when told so, until asked', () => {
    env.socket.accept();
    env.socket.drop(4504);
    env.pass(100_000);
    expect(connection.state).toEqual({ kind: 'refused', code: 4504 });
    expect(env.sockets).toHaveLength(1);
    connection.retryNow();
    expect(env.sockets).toHaveLength(2);
  });

  it('skips the countdown when asked', () => {
    env.chance = 0.99;
    env.socket.drop();
    connection.retryNow();
    expect(env.sockets).toHaveLength(2);
    env.pass(60_000 - 50_001);
    expect(connection.state.kind).toBe('connecting');
  });

  it('asks a silent server, and gives it up when it does not answer', () => {
    env.socket.accept();
    env.pass(25_000);
    expect(env.socket.last.action).toBe('ping');
    env.socket.push({ type: 'pong', data: {} });
    env.pass(25_000);
    expect(env.socket.sent).toHaveLength(2);
    env.pass(10_000);
    expect(connection.state.kind).toBe('waiting');
  });

  it('gives up a socket that does not open in time', () => {
    env.pass(10_000);
    expect(connection.state.kind).toBe('waiting');
  });

  it('hears nothing from a socket it has left', () => {
    const old = env.socket;
    old.accept();
    connection.restart();
    env.pass(150);
    old.push({ type: 'late' });
    old.drop(4504);
    expect(frames).toEqual([]);
    expect(connection.state.kind).toBe('connecting');
  });

  it('sends nothing while closed', () => {
    expect(connection.send({ action: 'ping' })).toBe(false);
    env.socket.accept();
    expect(connection.send({ action: 'ping' })).toBe(true);
  });
});
