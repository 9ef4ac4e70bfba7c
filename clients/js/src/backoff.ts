// SPDX-License-Identifier: Apache-2.0
// When to come back. Full jitter keeps thousands of clients from returning in the same instant.

export const kBaseMs = 300;
export const kCapMs = 20_000;

/** A delay in [0, min(cap, base * 2^attempt)); `attempt` counts from 0, `random` gives [0, 1). */
export function backoffMs(attempt: number, random: () => number): number {
  const ceiling = Math.min(kCapMs, kBaseMs * 2 ** Math.min(attempt, 20));
  return Math.floor(random() * ceiling);
}

/**
 * What a close code asks of the client. 4400-4499: come back; 4500-4999: do not. Below 4000 as RFC 6455:
 * only codes that say "this client speaks wrongly" are final, for everything else the server may be back.
 */
export function mayReconnect(code: number): boolean {
  if (code >= 4000) return code < 4500;
  return ![1002, 1003, 1007, 1008, 1010].includes(code);
}
