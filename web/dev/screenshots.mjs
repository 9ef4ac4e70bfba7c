// SPDX-License-Identifier: Apache-2.0
// Pictures of every state, from the stand-in server, into dev/shots/ (ignored by git): what the page
// looks like is looked at, not assumed. `node dev/screenshots.mjs [name-part]` after `npm run build`.

import { mkdirSync } from 'node:fs';
import { chromium } from 'playwright-core';
import { fakeServer } from './fake-server.mjs';

const kOut = new URL('shots/', import.meta.url).pathname;
const kOnly = process.argv[2] ?? '';
const kArgs = [
  '--no-sandbox',
  '--disable-gpu',
  '--disable-quic',
  '--no-first-run',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
];
mkdirSync(kOut, { recursive: true });

const kSizes = { wide: { width: 1280, height: 800 }, phone: { width: 360, height: 740 } };
const browser = await chromium.launch({ executablePath: '/usr/bin/chromium', args: kArgs });

function seed(server) {
  const people = [
    ['u_ada', 'Ada', 'user'],
    ['u_mikhail', 'Михаил Орлов', 'user'],
    ['g_kit', 'kit', 'guest'],
  ].map(([id, name, kind]) => ({ id, name, kind }));
  const [ada, mikhail, kit] = people;
  const start = Date.now() - 26 * 3600_000;
  const say = (user, text, minutes) =>
    server.say('global', user, { from: user.name, text }, start + minutes * 60_000);
  for (let index = 0; index < 40; index += 1)
    say(people[index % 3], `Earlier line ${index + 1}`, index);
  say(ada, 'Did anybody get past the gate yesterday?', 50);
  say(ada, 'I only found the rope and a locked door.', 51);
  say(mikhail, 'Через лес есть тропа. Но там волк, возьми фонарь.', 58);
  say(kit, 'The map is here: https://example.org/maps/gate.', 25 * 60);
  say(
    kit,
    'It shows a second exit east of the market, if you believe whoever drew it. I walked there twice and both times ended at the fountain, so either the map is wrong or I am.',
    25 * 60 + 1,
  );
  server.say(
    'global',
    { id: 'b_bot', kind: 'bot' },
    {
      from: 'Parley',
      bot: true,
      format: 'markdown',
      text: 'The forest is **north** of the gate. Type `/move north`, or look around first.',
      buttons: [
        { label: 'Look around', style: 'primary', command: { action: 'look' } },
        { label: 'Move north', command: { action: 'move', direction: 'north' } },
      ],
    },
    start + 25.1 * 3600_000,
  );
  say(mikhail, 'Спасибо!', 25 * 60 + 8);
  server.say('games', ada, { from: 'Ada', text: 'Chess at nine?' }, start);
}

const problems = [];
async function session(size, scheme, locale, run) {
  const label = `${size}-${scheme}-${locale}`;
  if (kOnly && !label.includes(kOnly)) return;
  const server = fakeServer();
  const url = await server.listen();
  seed(server);
  const context = await browser.newContext({
    viewport: kSizes[size],
    colorScheme: scheme,
    locale,
    hasTouch: size === 'phone',
    deviceScaleFactor: 1,
  });
  const page = await context.newPage();
  page.on(
    'console',
    (message) => message.type() === 'error' && problems.push(`${label}: ${message.text()}`),
  );
  page.on('pageerror', (error) => problems.push(`${label}: ${error.message}`));
  await page.goto(url);
  const shot = async (name) => {
    await page.waitForTimeout(250);
    await page.screenshot({ path: `${kOut}${label}-${name}.png` });
    const over = await page.evaluate(() => document.documentElement.scrollWidth - innerWidth);
    if (over > 0) problems.push(`${label}-${name}: ${over} px too wide`);
  };
  await run(page, shot, server);
  await context.close();
  await server.stop();
}

async function tour(page, shot, server) {
  const box = page.locator('#composer');
  const send = async (text) => {
    await box.fill(text);
    await page.keyboard.press('Escape');
    await page.keyboard.press('Enter');
    await page.waitForTimeout(150);
  };
  await shot('1-door');
  await page.locator('.segments button').nth(2).click();
  await shot('2-register');
  await page.locator('.segments button').nth(0).click();
  await page.locator('#guest-name').fill('Neo');
  await page.locator('button.primary').click();
  await box.waitFor();
  await shot('3-room');
  await send('hello, is anybody here?');
  await shot('4-answer');
  await send('/roll 2d6');
  await send('/help');
  await shot('5-help');
  await box.fill('/');
  await shot('6-slash');
  await box.fill('/move ');
  await shot('7-argument');
  await send('/look');
  await send('/move north');
  await send('/attack wolf');
  await send('/castSpell 123');
  await send('/score');
  await send('/weather');
  await shot('8-game');
  await send('forbidden words');
  await send('/nosuch');
  server.load('dice', false);
  await send('/roll 2d6');
  await shot('9-refused');
  await box.fill('');
  await page.locator('.header button').last().click();
  await shot('10-panel-toggled');
  await page.keyboard.press('Escape');
  await page.locator('.scroller').evaluate((node) => (node.scrollTop = 200));
  await page.waitForTimeout(100);
  server.say('global', { id: 'u_ada', kind: 'user' }, { from: 'Ada', text: 'One more thing, Neo' });
  server.say('games', { id: 'u_ada', kind: 'user' }, { from: 'Ada', text: 'Nine it is, @Neo' });
  await shot('11-scrolled');
  await page.keyboard.press('Control+k');
  await shot('12-switcher');
  await page.keyboard.press('Escape');
  const menu = page.locator('.menu');
  if (await menu.isVisible()) {
    await menu.click();
    await shot('13-rail');
  }
  await page.locator('.oneself .icon').last().click();
  await shot('14-settings');
  await page.keyboard.press('Escape');
  if (await menu.isVisible()) await page.keyboard.press('Escape');
  const port = server.port;
  await server.stop();
  await box.fill('written while offline');
  await page.keyboard.press('Enter');
  await page.waitForTimeout(900);
  await shot('15-offline');
  await server.listen(port);
  await page.locator('.banner').waitFor({ state: 'detached', timeout: 30_000 });
  await shot('16-back');
}

await session('wide', 'light', 'en', tour);
await session('phone', 'light', 'en', tour);
await session('wide', 'dark', 'ru', tour);
await session('phone', 'dark', 'ru', tour);
await browser.close();
console.log(problems.length ? [...new Set(problems)].join('\n') : 'no problem seen');
