// SPDX-License-Identifier: Apache-2.0
import { describe, expect, it } from 'vitest';
import { pieces } from './links';
import { renderMarkdown } from './markdown';

function html(source: string): string {
  const box = document.createElement('div');
  box.append(renderMarkdown(source));
  return box.innerHTML;
}

const hostile = [
  '<script>alert(1)</script>',
  '<img src=x onerror=alert(1)>',
  '![x](https://example.org/a.png)',
  '[click](javascript:alert(1))',
  '[click](JaVaScRiPt:alert(1))',
  '[click](data:text/html,<script>alert(1)</script>)',
  '[click](vbscript:x)',
  '<a href="https://example.org" onclick="alert(1)">x</a>',
  '<svg onload=alert(1)>',
  '`<b onmouseover=alert(1)>`',
  '<style>body{display:none}</style>',
  '"><iframe src=//example.org></iframe>',
];

describe('markdown of bots', () => {
  it.each(hostile)('keeps %s inert', (source) => {
    const box = document.createElement('div');
    box.append(renderMarkdown(source));
    expect(
      box.querySelector('script, img, iframe, svg, style, [onerror], [onclick], [onload]'),
    ).toBeNull();
    for (const link of box.querySelectorAll('a')) expect(link.href).toMatch(/^(https:|mailto:)/);
  });

  it('renders what bots need', () => {
    expect(html('**b** and `c`')).toBe('<p><strong>b</strong> and <code>c</code></p>\n');
    expect(html('- a\n- b')).toContain('<li>a</li>');
  });

  it('opens links elsewhere, without a way back', () => {
    const box = document.createElement('div');
    box.append(renderMarkdown('https://example.org and [mail](mailto:a@example.org)'));
    const [site, mail] = box.querySelectorAll('a');
    expect(site).toMatchObject({
      href: 'https://example.org/',
      target: '_blank',
      rel: 'noopener noreferrer nofollow',
    });
    expect(mail!.href).toBe('mailto:a@example.org');
  });

  it('leaves plain http as text', () => {
    expect(html('[x](http://example.org) http://example.org')).not.toContain('<a');
  });
});

describe('links in plain text', () => {
  it('finds https and mailto, without the full stop behind them', () => {
    expect(pieces('see https://example.org/a. ok')).toEqual([
      { text: 'see ' },
      { text: 'https://example.org/a', href: 'https://example.org/a' },
      { text: '. ok' },
    ]);
  });

  it('knows three marks, and takes nothing else for one', () => {
    expect(pieces('run `a **b**` **now, https://example.org/**!')).toEqual([
      { text: 'run ' },
      { text: 'a **b**', as: 'code' },
      { text: ' ' },
      {
        text: 'now, https://example.org/',
        as: 'strong',
        inner: [{ text: 'now, ' }, { text: 'https://example.org/', href: 'https://example.org/' }],
      },
      { text: '!' },
    ]);
    expect(pieces('see\n```js\nlet a = `1`;\n```')).toEqual([
      { text: 'see\n' },
      { text: 'let a = `1`;', as: 'block' },
    ]);
    for (const typed of ['2*3*4', '2 ** 3 ** 4', '__init__', '~~', '****', '``', '```', '` `', '_x_', '# a'])
      expect(pieces(typed), typed).toEqual([{ text: typed }]);
  });

  it('loses no character, whatever is typed', () => {
    const rebuilt = (all: ReturnType<typeof pieces>): string => all.map(({ text }) => text).join('');
    for (const typed of ['**<b>x</b>**', '`<script>`', 'a **b', '**a** https://example.org/).'])
      expect(rebuilt(pieces(typed)), typed).toBe(typed.replace(/\*\*(\S+?)\*\*|`(.+)`/g, '$1$2'));
  });

  it('makes nothing else a link', () => {
    for (const text of [
      'javascript:alert(1)',
      'http://example.org',
      'data:text/html,x',
      '<a href="x">',
    ]) {
      expect(pieces(text)).toEqual([{ text }]);
    }
  });
});
