// SPDX-License-Identifier: Apache-2.0
// What two answers of GET /live say together: rates, and percentiles of what happened in between.

export interface Live {
  at: number;
  connections: number;
  messagesIn: number;
  messagesOut: number;
  queueBytes: number;
  commands: number;
  memoryBytes: number;
  databaseQueue: number;
  latency: { boundsUs: number[]; counts: number[] };
}

export interface Sample {
  connections: number;
  messages: number;
  commands: number;
  queueBytes: number;
  p50: number;
  p99: number;
  memory: number;
  databaseQueue: number;
}

/** How many samples a chart holds: four minutes. */
export const kRoom = 120;

/** Counters begin again with the server; a plugin that is unloaded takes its own along. */
function growth(before: number, now: number): number {
  return now >= before ? now - before : 0;
}

/** The upper bound under which this share of the new observations lies; 0 when there are none. */
export function percentile(boundsUs: readonly number[], counts: readonly number[], share: number): number {
  const all = counts.reduce((sum, count) => sum + count, 0);
  if (all === 0) return 0;
  let seen = 0;
  for (let i = 0; i < counts.length; i += 1) {
    seen += counts[i]!;
    // What is over the last bound is at least that.
    if (seen >= share * all) return boundsUs[Math.min(i, boundsUs.length - 1)]!;
  }
  return boundsUs.at(-1)!;
}

export function sampleOf(before: Live, now: Live): Sample {
  const seconds = Math.max(0.001, (now.at - before.at) / 1000);
  const rate = (key: 'messagesIn' | 'messagesOut' | 'commands'): number => growth(before[key], now[key]) / seconds;
  const fresh = now.latency.counts.map((count, i) => growth(before.latency.counts[i] ?? 0, count));
  return {
    connections: now.connections,
    messages: rate('messagesIn') + rate('messagesOut'),
    commands: rate('commands'),
    queueBytes: now.queueBytes,
    p50: percentile(now.latency.boundsUs, fresh, 0.5),
    p99: percentile(now.latency.boundsUs, fresh, 0.99),
    memory: now.memoryBytes,
    databaseQueue: now.databaseQueue,
  };
}
