// SPDX-License-Identifier: Apache-2.0
// How a channel of ten thousand messages scrolls: fills one, reads it from its end to its beginning and
// back, and prints how long the frames took. `node scroll.mjs [messages]`; no figure is judged here.

import { Person, launch } from './support/browser.mjs';
import { Server } from './support/server.mjs';

const kMessages = Number(process.argv[2] ?? 10_000);
const kInFlight = 8;
const kStepPx = 1200;

/** Runs in the page: one person who talks until the channel is full. */
function fill({ messages, inFlight }) {
  const socket = new WebSocket(`ws://${location.host}/ws`);
  const words = 'the gate is shut and nobody has the key but the river goes round it '.repeat(4);
  let next = 0;
  return new Promise((done, fail) => {
    const say = () => {
      next += 1;
      const message = `${next} ${words.slice(0, 20 + ((next * 37) % 200))}`;
      socket.send(JSON.stringify({ action: 'sendChat', id: next, data: { channel: 'global', message } }));
    };
    socket.onopen = () => socket.send(JSON.stringify({ action: 'auth', id: 0, guest: 'Talker' }));
    socket.onclose = () => fail(new Error(`closed after ${next}`));
    let answered = 0;
    socket.onmessage = ({ data }) => {
      const frame = JSON.parse(data);
      if (frame.type === 'error') fail(new Error(data));
      if (frame.type === 'welcome') for (let at = 0; at < inFlight; at += 1) say();
      if (frame.type !== 'ok') return;
      answered += 1;
      if (answered === messages) done();
      else if (next < messages) say();
    };
  });
}

/** Runs in the page: scrolls by steps, one a frame, until the end in that direction is reached. */
async function scroll({ step, first }) {
  const box = document.querySelector('.scroller');
  const frames = [];
  const end = () =>
    step < 0
      ? box.scrollTop === 0 && document.querySelector('.beginning') !== null
      : box.scrollHeight - box.scrollTop - box.clientHeight < 2;
  let last = await new Promise(requestAnimationFrame);
  const started = last;
  while (!end()) {
    box.scrollTop += step;
    const now = await new Promise(requestAnimationFrame);
    frames.push(now - last);
    last = now;
    if (now - started > 240_000) throw new Error(`not at the end after 240 s (${first})`);
  }
  frames.sort((a, b) => a - b);
  const at = (share) => frames[Math.min(frames.length - 1, Math.floor(frames.length * share))];
  return {
    frames: frames.length,
    seconds: (last - started) / 1000,
    p50: at(0.5),
    p95: at(0.95),
    p99: at(0.99),
    longest: at(1),
    nodes: document.querySelectorAll('.entries *').length,
    rows: document.querySelectorAll('.entries > [data-key]').length,
    heap: performance.memory.usedJSHeapSize / 2 ** 20,
  };
}

const server = await Server.start({ 'limits.rate': 0 });
const browser = await launch();
try {
  const ada = await Person.open(browser, server.url);
  await ada.page.evaluate(fill, { messages: kMessages, inFlight: kInFlight });
  await ada.comeIn('Ada');
  await ada.sees(/^\d+ /);
  const print = (name, { seconds, heap, ...rest }) => {
    const ms = ['p50', 'p95', 'p99', 'longest'].map((key) => `${key} ${rest[key].toFixed(1)} ms`);
    console.log(
      `${name}: ${rest.frames} frames in ${seconds.toFixed(1)} s, ${ms.join(', ')}; ` +
        `${rest.rows} rows, ${rest.nodes} nodes, ${heap.toFixed(0)} MB`,
    );
  };
  console.log(`${kMessages} messages, ${kStepPx} px a frame`);
  print('up to the first message', await ada.page.evaluate(scroll, { step: -kStepPx, first: 'up' }));
  print('down again', await ada.page.evaluate(scroll, { step: kStepPx, first: 'down' }));
  await ada.assertUndisturbed();
} finally {
  await browser.close();
  await server.stop();
}
