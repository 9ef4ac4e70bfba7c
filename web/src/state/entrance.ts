// SPDX-License-Identifier: Apache-2.0
// The way back in: by itself where this browser was in before, for as long as the server is only away.

import { signal, type Signal } from '@preact/signals';
import { backoffMs, CommandError, type Credential, type ResumePoint } from '@parley/client';
import type { App } from './app';
import { forgetCredential, keepPoint, keptCredential, takePoint } from './credentials';

export class Entrance {
  /** While the server is away and we are on our way in: when we try again, and how to do it at once. */
  readonly awaited: Signal<{ retryAt: number; now: () => void } | undefined> = signal(undefined);

  constructor(private readonly app: App) {}

  start(): void {
    const credential = keptCredential();
    if (credential) void this.comeBack(credential, takePoint());
  }

  /** Before the page goes: what it comes back by. A copy in another tab would end this session. */
  keepResumePoint(): void {
    keepPoint(this.app.client.resumePoint);
  }

  /** Not as whoever we were: the door is there for anybody. */
  giveUp(): void {
    this.app.backToDoor(undefined);
    this.awaited.value?.now();
  }

  /** The server may only be away for a moment: then we try again until it is there. */
  private async comeBack(credential: Credential, point: ResumePoint | undefined): Promise<void> {
    const { app } = this;
    app.phase.value = 'entering';
    for (let attempt = 0; app.phase.value === 'entering'; attempt += 1) {
      app.client.resumePoint = point;
      try {
        return await app.signIn(credential, true);
      } catch (error) {
        if (error instanceof CommandError) return this.notLetBack(error.code);
        await this.pause(backoffMs(attempt, app.env.random));
      }
    }
  }

  private notLetBack(code: string): void {
    forgetCredential();
    this.app.backToDoor(code === 'unauthorized' ? 'token_expired' : code);
  }

  private async pause(ms: number): Promise<void> {
    const { env } = this.app;
    await new Promise<void>((done) => {
      const timer = env.setTimer(done, ms);
      const now = (): void => {
        env.clearTimer(timer);
        done();
      };
      this.awaited.value = { retryAt: env.now() + ms, now };
    });
    this.awaited.value = undefined;
  }
}
