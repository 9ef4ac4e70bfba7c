// SPDX-License-Identifier: Apache-2.0
// A parleyd of one's own: started on free ports with a fresh state folder, ended by its pid.

import { spawn, type ChildProcess } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

const kBin =
  process.env['PARLEY_BIN'] ?? fileURLToPath(new URL('../../../build/bin', import.meta.url));
const kStartMs = 30_000;

export class Server {
  url = '';
  private readonly state = mkdtempSync(join(tmpdir(), 'parley-client-'));
  private process: ChildProcess | undefined;
  private gone: Promise<unknown> = Promise.resolve();
  private log = '';

  constructor(private readonly settings: Record<string, string | number> = {}) {}

  get socketUrl(): string {
    return `${this.url.replace('http', 'ws')}ws`;
  }

  /** Starts, or starts again on the port it had. */
  async up(): Promise<void> {
    const listen = this.url ? new URL(this.url).host : '127.0.0.1:0';
    const set = Object.entries(this.settings).flatMap(([key, value]) => [
      '--set',
      `${key}=${value}`,
    ]);
    const flags = ['--state', this.state, '--listen', listen, '--operator', '127.0.0.1:0', ...set];
    const child = spawn(join(kBin, 'parleyd'), flags, { stdio: ['ignore', 'pipe', 'pipe'] });
    this.process = child;
    this.gone = new Promise((done) => child.once('exit', done));
    child.stderr.on('data', (bytes) => (this.log = (this.log + String(bytes)).slice(-10_000)));
    this.url = await new Promise<string>((ready, failed) => {
      const late = setTimeout(() => failed(new Error(`not ready in time\n${this.log}`)), kStartMs);
      let output = '';
      child.once('error', failed);
      child.once('exit', () => failed(new Error(`parleyd ended before it was ready\n${this.log}`)));
      child.stdout.on('data', (bytes) => {
        output += String(bytes);
        const line = /^ready (http\S+)$/m.exec(output);
        if (!line) return;
        clearTimeout(late);
        ready(line[1]!);
      });
    });
  }

  /** As a loss of power, or in good order. */
  async down(signal: 'SIGKILL' | 'SIGTERM' = 'SIGTERM'): Promise<void> {
    this.process?.kill(signal);
    await this.gone;
  }

  async end(): Promise<void> {
    await this.down();
    rmSync(this.state, { recursive: true, force: true });
  }
}
