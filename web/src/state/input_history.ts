// SPDX-License-Identifier: Apache-2.0
// What was sent from the composer, for the up-arrow. Lines are kept in memory only.

const kKept = 100;

export class InputHistory {
  private lines: string[] = [];
  private at = 0;
  private draft = '';

  add(line: string): void {
    if (this.lines[this.lines.length - 1] !== line) this.lines.push(line);
    if (this.lines.length > kKept) this.lines.shift();
    this.at = this.lines.length;
  }

  /** The line before; `current` is kept to come back to. Undefined at the oldest. */
  older(current: string): string | undefined {
    if (this.at === 0) return undefined;
    if (this.at === this.lines.length) this.draft = current;
    this.at -= 1;
    return this.lines[this.at];
  }

  newer(): string | undefined {
    if (this.at >= this.lines.length) return undefined;
    this.at += 1;
    return this.at === this.lines.length ? this.draft : this.lines[this.at];
  }
}
