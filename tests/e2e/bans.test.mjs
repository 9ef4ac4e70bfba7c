// SPDX-License-Identifier: Apache-2.0
// Sent out of the only channel: the page says why, stays out, and lets one go elsewhere.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { kPhone } from './support/browser.mjs';
import { onStage } from './support/stage.mjs';

const kPassword = 'there-is-no-spoon-77';
let server, open, moderator;

onStage({}, async (stage) => {
  ({ server, open } = stage);
  moderator = await open();
  await moderator.register('Morpheus', kPassword);
  await server.ctl('user', 'role', 'add', 'Morpheus', 'moderator');
});

/** Counts what the page asks to be let into. */
class Asked {
  channels = [];
  async tap(context) {
    await context.routeWebSocket(/\/ws$/, (page) => {
      const to = page.connectToServer();
      page.onMessage((text) => {
        const { action, data } = JSON.parse(text);
        if (action === 'subscribe') this.channels.push(data.channel);
        to.send(text);
      });
      to.onMessage((text) => page.send(text));
    });
  }
}

const kSaid = {
  'en-US': {
    out: 'You were taken out of global.',
    banned: 'A moderator has sent you out of #global: rude',
    empty: 'You are in no channel',
    join: 'Join a channel',
    refused: /global/,
  },
  'ru-RU': {
    out: 'Вас удалили из канала global.',
    banned: 'Модератор закрыл вам вход в #global: rude',
    empty: 'Вы ни в одном канале',
    join: 'Войти в канал',
    refused: /global/,
  },
};

for (const [locale, said] of Object.entries(kSaid)) {
  test(`who is banned from the only channel stays out and can go elsewhere (${locale})`, async () => {
    const wire = new Asked();
    const viewport = locale === 'ru-RU' ? kPhone : undefined;
    const person = await open({ locale, wire, ...(viewport && { viewport }) });
    const { page } = person;
    const name = `Smith${locale.slice(0, 2)}`;
    await page.locator('#guest-name').fill(name);
    await page.locator('button[type=submit]').click();
    await person.composer.waitFor();
    const banned = await moderator.run(`/ban ${name} --reason=rude`);
    await banned.getByText(/banned/).first().waitFor();

    await page.getByRole('heading', { name: said.empty }).waitFor();
    await person.log.getByText(said.out).waitFor();
    await person.log.getByText(said.banned).waitFor();
    assert.equal(await person.composer.count(), 0);
    if (process.env.SHOTS) await page.screenshot({ path: `${process.env.SHOTS}/out-${locale}.png` });

    const enter = async (channel) => {
      await page.locator('.nowhere').getByRole('button', { name: said.join }).click();
      const form = page.getByRole('dialog');
      await form.locator('input').fill(channel);
      await form.locator('button[type=submit]').click();
      return form;
    };
    const form = await enter('global');
    await form.getByRole('alert').getByText(said.refused).waitFor();
    if (process.env.SHOTS) await page.screenshot({ path: `${process.env.SHOTS}/again-${locale}.png` });
    await page.keyboard.press('Escape');
    await enter('tea');
    await person.composer.waitFor();
    await page.getByRole('heading', { name: 'tea' }).waitFor();
    assert.deepEqual(wire.channels, ['global', 'global', 'tea'], 'nothing was asked for by itself');
    await person.assertUndisturbed();
    await person.close();
  });
}
