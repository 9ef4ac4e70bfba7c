// SPDX-License-Identifier: Apache-2.0
// A hand on the wire between a page and its server: adds frames that no plugin at hand would send,
// changes those that pass, and answers command lines in the server's place.

export class Wire {
  /** What becomes of a frame on its way to the page. */
  rewrite = (frame) => frame;
  /** By the line that was typed: called with the command's id and a function that sends to the page. */
  lines = new Map();
  #page;

  async tap(context) {
    await context.routeWebSocket(/\/ws$/, (page) => {
      const server = page.connectToServer();
      this.#page = page;
      page.onMessage((text) => {
        const frame = JSON.parse(text);
        const answer = this.lines.get(frame.data?.message);
        if (answer) answer(frame.id, (reply) => this.push(reply));
        else server.send(text);
      });
      server.onMessage((text) => page.send(JSON.stringify(this.rewrite(JSON.parse(text)))));
    });
  }

  /** As if the server had sent it. */
  push(frame) {
    this.#page.send(JSON.stringify(frame));
  }
}

/** Every text in `value`, however deep, becomes `text`; ids, actions and types stay what they are. */
export function withText(value, text, kept = ['type', 'channel', 'id', 'action', 'format', 'kind']) {
  if (typeof value === 'string') return text;
  if (Array.isArray(value)) return value.map((item) => withText(item, text, kept));
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(
    Object.entries(value).map(([key, item]) => [
      key,
      kept.includes(key) ? item : withText(item, text, kept),
    ]),
  );
}
