// SPDX-License-Identifier: Apache-2.0
// The README's pictures, taken from the real server into docs/images/.

import { mkdirSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { Person, kPhone, launch } from './support/browser.mjs';
import { Server } from './support/server.mjs';

const kOut = process.argv[2] ?? fileURLToPath(new URL('../../docs/images', import.meta.url));
mkdirSync(kOut, { recursive: true });

const server = await Server.start();
const browser = await launch();
try {
  const shot = async (person, name) => {
    await person.page.mouse.move(0, 0);
    await person.page.waitForTimeout(400); // pictures are taken at rest
    await person.page.screenshot({ path: `${kOut}/${name}.png` });
  };

  const ada = await Person.open(browser, server.url);
  await shot(ada, 'first-visit');
  await ada.register('Ada', 'correct horse battery');
  const mikhail = await Person.open(browser, server.url, { locale: 'ru-RU', colorScheme: 'dark' });
  await mikhail.page.locator('.segments button').first().click();
  await mikhail.page.locator('#guest-name').fill('Михаил');
  await mikhail.page.locator('button[type=submit]').click();
  await mikhail.composer.waitFor();

  await ada.say('Did anybody get past the gate?');
  await mikhail.sees(/past the gate/);
  await mikhail.say('Через лес есть тропа, но там волк.');
  await mikhail.say('Возьми фонарь.');
  await ada.sees(/Возьми фонарь/);
  await ada.say('Parley, hello');
  await ada.log.locator('article.bot .text').last().waitFor();
  await ada.run('/roll 2d6');
  await ada.run('/look');
  await shot(ada, 'chat');
  await ada.composer.fill('/');
  await ada.page.getByRole('option').first().waitFor();
  await shot(ada, 'commands');
  await ada.composer.fill('');

  await mikhail.run('/look');
  await mikhail.run('/move north');
  await mikhail.run('/castSpell 123');
  await shot(mikhail, 'chat-dark-russian');

  const kit = await Person.open(browser, server.url, { viewport: kPhone });
  await kit.comeIn('kit');
  await kit.run('/look');
  await shot(kit, 'phone');
  console.log(`pictures are in ${kOut}`);
} finally {
  await browser.close();
  await server.stop();
}
