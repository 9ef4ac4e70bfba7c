// SPDX-License-Identifier: Apache-2.0
// A person at a browser: what one can do on the page and what one can see there.

import assert from 'node:assert/strict';
import { chromium } from 'playwright-core';

const kChromium = process.env.CHROMIUM ?? '/usr/bin/chromium';
const kArgs = [
  '--no-sandbox',
  '--disable-gpu',
  '--disable-quic',
  '--no-first-run',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
];
const kPatienceMs = 15_000;

export const kWide = { width: 1280, height: 800 };
export const kPhone = { width: 360, height: 740 };

export function launch() {
  return chromium.launch({ executablePath: kChromium, args: kArgs });
}

/** A browser with a profile of its own in `folder`: a private window may not install anything. */
export function launchKept(folder) {
  const options = { executablePath: kChromium, args: kArgs, viewport: kWide, locale: 'en-US' };
  return chromium.launchPersistentContext(folder, options);
}

export class Person {
  /** Script errors and refusals of the content security policy: there must be none. */
  faults = [];

  static async open(
    browser,
    url,
    { viewport = kWide, locale = 'en-US', colorScheme = 'light', wire } = {},
  ) {
    const context = await browser.newContext({
      viewport,
      locale,
      colorScheme,
      hasTouch: viewport === kPhone,
    });
    // A hand on the wire reaches the sockets of pages, not those of workers.
    if (wire) await context.addInitScript(() => delete window.SharedWorker);
    if (wire) await wire.tap(context);
    return Person.tab(context, url);
  }

  /** One more tab of the browser that `context` is. */
  static async tab(context, url) {
    const person = new Person();
    person.context = context;
    person.page = await context.newPage();
    person.page.setDefaultTimeout(kPatienceMs);
    person.page.on('pageerror', (error) => person.faults.push(error.message));
    person.page.on('console', (message) => {
      if (
        message.type() === 'error' &&
        /Content Security|Trusted ?(Type|HTML)|Refused to/.test(message.text())
      ) {
        person.faults.push(message.text());
      }
    });
    person.page.on('dialog', (dialog) => {
      person.faults.push(`a dialog opened: ${dialog.message()}`);
      void dialog.dismiss();
    });
    await person.page.goto(url);
    // Gone after any reload: proof that the page is still the one that was opened.
    await person.page.evaluate(() => (window.sameAsEver = true));
    return person;
  }

  async close() {
    await this.context.close();
  }

  get log() {
    return this.page.getByRole('log');
  }
  get composer() {
    return this.page.locator('#composer');
  }
  get commands() {
    return this.log.locator('article.command');
  }
  get banner() {
    return this.page.locator('.banner');
  }

  async comeIn(name) {
    await this.page.getByLabel('Name').fill(name);
    await this.page.getByRole('button', { name: 'Come in as guest' }).click();
    await this.composer.waitFor();
  }

  async account(way, name, password) {
    await this.page.getByRole('group').getByRole('button', { name: way, exact: true }).click();
    await this.page.getByLabel('Name').fill(name);
    await this.page.getByLabel('Password').fill(password);
    await this.page.locator('button[type=submit]').click();
    await this.composer.waitFor();
  }
  register(name, password) {
    return this.account('Register', name, password);
  }
  logIn(name, password) {
    return this.account('Log in', name, password);
  }

  async logOut() {
    await this.page.getByRole('button', { name: 'Settings' }).click();
    await this.page.getByRole('button', { name: 'Log out' }).click();
    await this.page.getByRole('button', { name: 'Come in as guest' }).waitFor();
  }

  /** The side panel with this tab in front. */
  async openSide(tab) {
    const side = this.page.getByRole('complementary');
    if (!(await side.isVisible()))
      await this.page.locator('.header').getByRole('button', { name: tab }).click();
    await side.getByRole('button', { name: tab, exact: true }).click();
    return side;
  }

  async say(text) {
    await this.composer.fill(text);
    // Closes the command menu, if it is open: Enter then sends.
    if (text.startsWith('/')) await this.composer.press('Escape');
    await this.composer.press('Enter');
  }

  /** Runs a command line and gives what stands under it once it is answered. */
  async run(line) {
    const before = await this.commands.count();
    await this.say(line);
    const entry = this.commands.nth(before);
    await entry.locator('.card, .answer, .refusal, .quiet-line').first().waitFor();
    return entry;
  }

  async sees(text) {
    await this.log.getByText(text).last().waitFor();
  }

  /** Nothing that was said waits to go out or to be confirmed. */
  async settled() {
    await this.log.locator('article.queued, article.pending').first().waitFor({ state: 'detached' });
  }

  async count(text) {
    return this.log.getByText(text, { exact: true }).count();
  }

  async assertUndisturbed() {
    assert.equal(await this.page.evaluate(() => window.sameAsEver), true, 'the page was reloaded');
    assert.deepEqual(this.faults, []);
  }
}
