// SPDX-License-Identifier: Apache-2.0
// An admin at the console: what one can do there and what one can see.

import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { Person } from './browser.mjs';

export const kPassword = 'one-two-three-44';

export class Admin {
  static async open(browser, server, options = {}) {
    const admin = new Admin();
    admin.person = await Person.open(browser, `${server.operator}admin/`, options);
    admin.page = admin.person.page;
    return admin;
  }

  /** With the code that a new server leaves in its state folder. */
  async becomeFirst(server, name) {
    const code = (await readFile(join(server.state, 'first-admin-code'), 'utf8')).trim().split(/\s+/).at(-1);
    await this.page.getByRole('button', { name: 'I have the code of a new server' }).click();
    await this.page.getByLabel('One-time code').fill(code);
    await this.page.getByLabel('Name').fill(name);
    await this.page.getByLabel('Password').fill(kPassword);
    await this.page.locator('button[type=submit]').click();
    await this.nav.waitFor();
  }

  async logIn(name, password = kPassword) {
    await this.page.locator('input[autocomplete=username]').fill(name);
    await this.page.locator('input[type=password]').fill(password);
    await this.page.locator('button[type=submit]').click();
  }

  get nav() {
    return this.page.locator('#navigation a').first();
  }
  get dialog() {
    return this.page.getByRole('dialog');
  }
  /** What the open window asks for under this label. A label holds its list's choices too, so its text alone will not do. */
  field(label) {
    const caption = this.page.locator('span').and(this.page.getByText(label, { exact: true }));
    return this.dialog.locator('.field').filter({ has: caption }).locator('input, select');
  }
  row(text) {
    return this.page.locator('.grid tbody tr').filter({ hasText: text });
  }

  async go(where) {
    await this.page.evaluate((hash) => (location.hash = hash), `#/${where}`);
    await this.page.locator('.page-title h1').waitFor();
    await this.page.waitForFunction(() => document.querySelector('.loading') === null);
  }

  /** Does what the open window asks about, and gives what came of it. */
  async confirm() {
    await this.dialog.locator('button[type=submit]').click();
    const outcome = this.dialog.locator('.notice').last();
    await outcome.waitFor();
    return outcome.innerText();
  }

  async closeWindow() {
    await this.page.keyboard.press('Escape');
    await this.dialog.waitFor({ state: 'detached' });
  }
}
