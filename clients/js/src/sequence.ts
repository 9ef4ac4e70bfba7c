// SPDX-License-Identifier: Apache-2.0
// Counts the frames that are addressed to one session: each is handed on once, in order, and none is
// missed without notice.

/** The server keeps what it sent until it hears that it came; it hears this often. */
const kAckEvery = 64;

export class Sequence {
  /** The last frame that was handed on. */
  last = 0;
  private acked = 0;
  private replays = 0;

  /** Goes on behind `last`; the next `replays` frames were sent before the connection was lost. */
  start(last: number, replays: number): void {
    this.last = this.acked = last;
    this.replays = replays;
  }

  /** `known`: it came before. `early`: others before it are missing. */
  take(seq: number): 'next' | 'known' | 'early' {
    if (seq <= this.last) return 'known';
    if (seq > this.last + 1) return 'early';
    this.last = seq;
    if (this.replays > 0) this.replays -= 1;
    return 'next';
  }

  /** Everything that was sent before the loss is here. */
  get replayed(): boolean {
    return this.replays === 0;
  }

  /** What to acknowledge, when it is time. */
  due(): number | undefined {
    if (this.last - this.acked < kAckEvery) return undefined;
    this.acked = this.last;
    return this.last;
  }
}
