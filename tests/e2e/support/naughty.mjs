// SPDX-License-Identifier: Apache-2.0
// Texts that have broken other pages. Every script among them sets window.hacked.

export const kScripts = [
  '<script>window.hacked=1</script>',
  '</title><script>window.hacked=1</script>',
  '<img src=x onerror="window.hacked=1">',
  '"><svg onload="window.hacked=1">',
  "' onmouseover='window.hacked=1",
  '<iframe srcdoc="<script>parent.hacked=1</script>"></iframe>',
  '<math><mtext><table><mglyph><style><img src=x onerror=window.hacked=1>',
  '<a href="javascript:window.hacked=1">x</a>',
  'javascript:window.hacked=1',
  'data:text/html,<script>parent.hacked=1</script>',
  '[click](javascript:window.hacked=1)',
  '[click](data:text/html;base64,PHNjcmlwdD5oYWNrZWQ9MTwvc2NyaXB0Pg==)',
  '![x](https://127.0.0.1/x.png)',
  '[x](https://example.org/" onmouseover="window.hacked=1)',
  '{{constructor.constructor("window.hacked=1")()}}',
  '${window.hacked=1}',
  '&lt;script&gt;window.hacked=1&lt;/script&gt;',
  '<form action="javascript:window.hacked=1"><button>x</button></form>',
  '<style>*{display:none}</style>',
  '<base href="https://127.0.0.1/">',
  '<meta http-equiv="refresh" content="0;url=about:blank">',
];

export const kShapes = [
  '__proto__ constructor toString hasOwnProperty',
  'null undefined NaN true 0 -0 1e309',
  '\u202Eright to left override',
  '\u2066isolated\u2069 \u200B\u200D\uFEFF zero width',
  'Z\u0351\u0352\u0353\u0354\u0355\u0356algo\u0351\u0352\u0353',
  '\u{1F469}\u200D\u{1F469}\u200D\u{1F467}\u200D\u{1F466} \u{1F3F3}\uFE0F\u200D\u{1F308}',
  '\u0627\u0644\u0639\u0631\u0628\u064A\u0629 \u05E2\u05D1\u05E8\u05D9\u05EA \u4E2D\u6587 \u0939\u093F',
  '%s%n%d %00 ../../../etc/passwd',
  "Robert'); DROP TABLE messages;--",
  '(((((((((((((((((((((((((((((((((((((((((((([[[[[[[[[[[[[[[[[[[[****____',
  `${'long'.repeat(400)}`,
  'a\n'.repeat(40) + 'b',
];

export const kNaughty = [...kScripts, ...kShapes];
