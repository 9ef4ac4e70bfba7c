// SPDX-License-Identifier: Apache-2.0
// A parleyd of one's own: started on free ports with a fresh state folder, ended by its pid.

import { execFile, spawn } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';

const kBin =
  process.env.PARLEY_BIN ?? fileURLToPath(new URL('../../../build/bin', import.meta.url));
/** Where the built page lies; elsewhere than beside the program: `PARLEY_WEB`. */
const kWeb = process.env.PARLEY_WEB;
/** The same for the built console: `PARLEY_CONSOLE`. */
const kConsole = process.env.PARLEY_CONSOLE;
export const kPageFolder = kWeb ?? join(kBin, '..', 'web');
const kStartMs = 30_000;
const kStopMs = 20_000;
const run = promisify(execFile);

/** What needs no server too, such as signing. */
export async function parleyctl(...words) {
  const { stdout } = await run(join(kBin, 'parleyctl'), words);
  return stdout;
}

/** The file of a plugin that comes with the server. */
export const pluginFile = (id) => join(kBin, '..', 'plugins', `${id}.so`);

export class Server {
  state = '';
  url = '';
  operator = '';
  log = '';

  /** `settings` are configuration keys with their values: `{ 'limits.rate': 0 }`. */
  static async start(settings = {}) {
    const server = new Server();
    const built = { ...(kWeb ? { 'http.web_root': kWeb } : {}), ...(kConsole ? { 'console.root': kConsole } : {}) };
    const all = { ...built, ...settings };
    server.settings = Object.entries(all).flatMap(([key, value]) => ['--set', `${key}=${value}`]);
    server.state = await mkdtemp(join(tmpdir(), 'parley-e2e-'));
    await server.up();
    return server;
  }

  /** Starts, or starts again on the port it had, so that open pages find it. */
  async up() {
    const listen = this.url ? new URL(this.url).host : '127.0.0.1:0';
    const flags = ['--state', this.state, '--listen', listen, '--operator', '127.0.0.1:0', ...this.settings];
    this.child = spawn(join(kBin, 'parleyd'), flags, { stdio: ['ignore', 'pipe', 'pipe'] });
    this.exited = new Promise((done) =>
      this.child.once('exit', (code, signal) => done(code ?? signal)),
    );
    this.child.stderr.on('data', (bytes) => (this.log = (this.log + bytes).slice(-20_000)));
    await this.ready();
  }

  async ready() {
    let output = '';
    const lines = new Promise((done, fail) => {
      this.child.once('error', fail);
      this.child.stdout.on('data', (bytes) => {
        output += bytes;
        const ready = /^ready (http\S+)$/m.exec(output);
        const operator = /^operator (http\S+)$/m.exec(output);
        if (ready && operator) done([ready[1], operator[1]]);
      });
    });
    const late = new Promise((_, fail) => {
      this.timer = setTimeout(
        () => fail(new Error(`not ready in ${kStartMs} ms\n${this.log}`)),
        kStartMs,
      );
    });
    const gone = this.exited.then((code) => {
      throw new Error(`parleyd ended with ${code} before it was ready\n${this.log}`);
    });
    gone.catch(() => {});
    try {
      [this.url, this.operator] = await Promise.race([lines, late, gone]);
    } finally {
      clearTimeout(this.timer);
    }
  }

  /** Asks it to drain and end; gives its exit code. */
  async down() {
    this.child.kill('SIGTERM');
    const killer = setTimeout(() => this.child.kill('SIGKILL'), kStopMs);
    const code = await this.exited;
    clearTimeout(killer);
    return code;
  }

  /** As a crash: nothing is drained, nothing is said. */
  async kill() {
    this.child.kill('SIGKILL');
    await this.exited;
  }

  async stop() {
    await this.down();
    await rm(this.state, { recursive: true, force: true });
  }

  ctl(...words) {
    return parleyctl('--state', this.state, ...words);
  }
}
