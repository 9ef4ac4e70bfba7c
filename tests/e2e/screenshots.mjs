// SPDX-License-Identifier: Apache-2.0
// Pictures of every screen: wide and on a phone, light and dark, in both languages. What the page looks
// like is looked at, not assumed. `node screenshots.mjs OUT [KEPT]`; see scripts/screenshots.

import { copyFileSync, mkdirSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { Admin } from './support/admin.mjs';
import { Person, kPhone, kWide, launch } from './support/browser.mjs';
import { Server } from './support/server.mjs';

const kOut = process.argv[2] ?? fileURLToPath(new URL('../../build/screenshots', import.meta.url));
const kDocuments = process.argv[3];
/** Those the documents show. */
const kShown = ['chat', 'chat-dark-russian', 'commands', 'first-visit', 'phone'];
mkdirSync(kOut, { recursive: true });

const kLooks = [
  { name: 'wide-light', viewport: kWide, colorScheme: 'light', locale: 'en-US' },
  { name: 'wide-dark', viewport: kWide, colorScheme: 'dark', locale: 'ru-RU' },
  { name: 'phone-light', viewport: kPhone, colorScheme: 'light', locale: 'ru-RU' },
  { name: 'phone-dark', viewport: kPhone, colorScheme: 'dark', locale: 'en-US' },
];

let taken = 0;
async function shot({ page }, name) {
  await page.mouse.move(0, 0);
  // At rest: nothing moves, nothing is on its way.
  await page.evaluate(() => Promise.all(document.getAnimations().map((one) => one.finished.catch(() => {}))));
  await page.evaluate(() => new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done))));
  await page.screenshot({ path: `${kOut}/${name}.png` });
  taken += 1;
}

const server = await Server.start({ 'limits.rate': 0 });
const browser = await launch();
const submit = ({ page }) => page.locator('.account button[type=submit]').click();
const way = ({ page }, index) => page.locator('.account .segments button').nth(index).click();

/** A conversation that looks like one. */
async function talk() {
  const ada = await Person.open(browser, server.url);
  await shot(ada, 'first-visit');
  await ada.register('Ada', 'correct horse battery');
  await ada.run('/topic Getting past the gate');
  const mikhail = await Person.open(browser, server.url, { locale: 'ru-RU', colorScheme: 'dark' });
  await mikhail.page.locator('#guest-name').fill('Михаил');
  await submit(mikhail);
  await mikhail.composer.waitFor();
  await ada.say('Did anybody get past the gate?');
  await mikhail.sees(/past the gate\?/);
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
  for (const person of [mikhail, kit]) await person.close();
  return ada;
}

/** Everything there is to see, one look at a time. */
async function tour({ name, ...look }, ada) {
  const person = await Person.open(browser, server.url, look);
  const { page } = person;
  const narrow = look.viewport === kPhone;
  const take = (what) => shot(person, `${name}-${what}`);
  await take('door');
  await way(person, 1);
  await page.locator('#login-name').fill('Ada');
  await page.locator('input[type=password]').fill('not the password');
  await submit(person);
  await page.locator('.form-error').waitFor();
  await take('door-wrong-password');
  await way(person, 2);
  await take('door-register');
  await way(person, 0);
  await page.locator('#guest-name').fill(`Robin ${name.slice(0, 3)}${look.colorScheme.slice(0, 2)}`);
  await submit(person);
  await person.composer.waitFor();
  await page.locator('.welcome').waitFor();
  await take('welcome');
  await person.say('A long line that has to wrap somewhere, with an address: https://example.org/maps/gate');
  await person.run('/help');
  await take('help');
  for (const line of ['/look', '/cast 123', '/roll 20d6', '/nosuch', '/poll Tea or coffee? | Tea | Coffee'])
    await person.run(line);
  await ada.say('Robin, are you there?');
  await person.sees('Robin, are you there?');
  await take('answers');
  const called = person.log.locator('article.sent').filter({ hasText: 'are you there?' }).last();
  await called.focus();
  await called.locator('.row-tools button').first().click();
  await take('answering');
  await person.say('Yes: `/look` **twice** helps.');
  await ada.sees('helps.');
  for (const line of ['/sessions', '/mydata export']) await person.run(line);
  await person.composer.fill('move north');
  await page.locator('.hint .link').waitFor();
  await take('account-cards');
  await person.composer.fill('/m');
  await page.getByRole('option').first().waitFor();
  await take('menu');
  await person.composer.fill('');
  for (const [what, label] of [
    ['people', /^(People|Люди)/],
    ['game', /^(Game|Игра)$/],
  ]) {
    const button = page.locator('.header').getByRole('button', { name: label });
    if ((await button.getAttribute('aria-pressed')) !== 'true') await button.click();
    await page.getByRole('complementary').waitFor();
    await take(what);
    if (narrow) await page.keyboard.press('Escape');
  }
  if (narrow) {
    await page.locator('.header .menu').click();
    await take('drawer');
    await page.keyboard.press('Escape');
  }
  await page.keyboard.press('Control+k');
  await page.getByRole('dialog').waitFor();
  await take('switcher');
  await page.keyboard.press('Escape');
  for (const [what, label] of [
    ['settings', /^(Settings|Настройки)$/],
    ['keys', /^(Keyboard and commands|Клавиши и команды)$/],
    ['join', /^(Join a channel|Войти в канал)$/],
  ]) {
    if (narrow) await page.locator('.header .menu').click();
    await page.getByRole('button', { name: label }).click();
    await page.getByRole('dialog').waitFor();
    await take(what);
    await page.keyboard.press('Escape');
    if (narrow) await page.keyboard.press('Escape');
  }
  return { person, take };
}

const kConsole = [
  'overview',
  'plugins',
  'plugins/game',
  'sessions',
  'channels',
  'channels/global',
  'people',
  'access',
  'try',
  'audit',
  'log',
  'config',
  'keys',
];

/** So that its pages have something to show. */
async function furnish() {
  for (const line of [
    ['acl', 'deny', 'guests', 'remind', '--note', 'they are gone by then'],
    ['acl', 'allow', 'user:Ada', 'plugin:moderation', '--channel', 'global'],
    ['acl', 'alias', 'throw', 'roll'],
    ['acl', 'cooldown', 'roll', '--user', '5000'],
  ])
    await server.ctl(...line);
}

/** The console, page by page, and one of its windows. */
async function consoleTour({ name, ...look }, first) {
  const admin = await Admin.open(browser, server, look);
  await admin.page.locator('.door-card').waitFor();
  await shot(admin, `console-door-${name}`);
  if (first) await admin.becomeFirst(server, 'Keeper');
  else await admin.logIn('Keeper');
  for (const where of kConsole) {
    await admin.go(where);
    // The figures are lines once there are some of them.
    if (where === 'overview') await admin.page.waitForFunction(() => document.querySelectorAll('.chart polyline').length > 7);
    await shot(admin, `console-${where.replace('/', '-')}-${name}`);
  }
  await admin.go('try');
  await admin.page.locator('.search.trial .line input').fill('/roll 2d6');
  await admin.page.locator('.search.trial button').click();
  await admin.page.locator('.outcome .frame').waitFor();
  await shot(admin, `console-tried-${name}`);
  await admin.go('plugins');
  await admin.row('dice').locator('.row-tools button').first().click();
  await admin.confirm();
  await shot(admin, `console-reloaded-${name}`);
  await admin.person.close();
}

try {
  const ada = await talk();
  const toured = [];
  for (const look of kLooks) toured.push(await tour(look, ada));
  await furnish();
  for (const look of kLooks) await consoleTour(look, look === kLooks[0]);
  await server.down();
  for (const { person, take } of toured) {
    await person.banner.waitFor();
    await person.say('written without a connection');
    await take('offline');
    await person.page.reload();
    await person.page.locator('.entering button').first().waitFor();
    await take('server-away');
  }
  if (kDocuments)
    for (const name of kShown) copyFileSync(`${kOut}/${name}.png`, `${kDocuments}/${name}.png`);
  console.log(`${taken} pictures are in ${kOut}`);
} finally {
  await browser.close();
  await server.stop();
}
