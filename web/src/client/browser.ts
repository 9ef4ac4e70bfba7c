// SPDX-License-Identifier: Apache-2.0
// The browser as the client's environment.

import type { Environment, Socket } from './connection';

export function browserEnvironment(url = defaultUrl()): Environment {
  return {
    connect: () => new WebSocket(url) as unknown as Socket,
    now: () => Date.now(),
    random: () => Math.random(),
    setTimer: (run, ms) => window.setTimeout(run, ms),
    clearTimer: (timer) => window.clearTimeout(timer as number | undefined),
  };
}

function defaultUrl(): string {
  const { protocol, host } = window.location;
  return `${protocol === 'https:' ? 'wss' : 'ws'}://${host}/ws`;
}
