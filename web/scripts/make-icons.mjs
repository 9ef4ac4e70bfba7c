// SPDX-License-Identifier: Apache-2.0
// Makes every icon from public/favicon.svg: `npm run icons` after the mark has changed.

import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { chromium } from 'playwright-core';

const kPublic = fileURLToPath(new URL('../public/', import.meta.url));
const kGround = '#f6f6f3';

/** `share`: how much of the width the mark takes; what masks cut away may be a fifth at each side. */
const kIcons = [
  { name: 'icon-192', size: 192, share: 0.84, ground: 'transparent' },
  { name: 'icon-512', size: 512, share: 0.84, ground: 'transparent' },
  { name: 'maskable-512', size: 512, share: 0.56, ground: kGround },
  { name: 'apple-touch-icon', size: 180, share: 0.68, ground: kGround },
];

const mark = `data:image/svg+xml;base64,${readFileSync(`${kPublic}favicon.svg`).toString('base64')}`;
const browser = await chromium.launch({
  executablePath: process.env.CHROMIUM ?? '/usr/bin/chromium',
  args: ['--no-sandbox', '--disable-gpu'],
});
for (const { name, size, share, ground } of kIcons) {
  const page = await browser.newPage({ viewport: { width: size, height: size } });
  await page.setContent(
    `<body style="margin:0;height:100vh;display:grid;place-items:center;background:${ground}">` +
      `<img style="width:${share * 100}vw" src="${mark}">`,
  );
  await page.locator('img').evaluate((image) => image.decode());
  await page.screenshot({ path: `${kPublic}icons/${name}.png`, omitBackground: true });
  await page.close();
}
await browser.close();
console.log(`${kIcons.length} icons in ${kPublic}icons`);
