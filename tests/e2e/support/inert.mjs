// SPDX-License-Identifier: Apache-2.0
// Nothing ran, nothing was made of a text but text, and the page kept its shape.

import assert from 'node:assert/strict';

export async function assertInert({ page }) {
  assert.equal(await page.evaluate(() => window.hacked), undefined, 'a script ran');
  const made = 'script:not([src]), img, iframe, object, embed, base, math, .shell form';
  assert.equal(await page.locator(`#app :is(${made})`).count(), 0, 'markup was made');
  const links = await page
    .locator('#app a')
    .evaluateAll((all) => all.map((link) => [link.protocol, link.rel, link.target].join(' ')));
  for (const link of links)
    assert.match(link, /^(https|mailto): noopener noreferrer nofollow _blank$/);
  const wide = await page.evaluate(() =>
    [document.documentElement, ...document.querySelectorAll('.scroller, .panel, .rail')]
      .map((box) => [box.className || box.localName, box.scrollWidth - box.clientWidth])
      .filter(([, over]) => over > 0),
  );
  assert.deepEqual(wide, [], 'something is too wide');
}
