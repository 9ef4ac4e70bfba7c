// SPDX-License-Identifier: Apache-2.0
// Markdown of bots and modules. Two walls: markdown-it writes no HTML it was given, and DOMPurify keeps
// only a short list of tags. The result is a document fragment, so no string ever meets innerHTML here;
// what DOMPurify parses goes through its own Trusted Types policy.

import DOMPurify from 'dompurify';
import MarkdownIt from 'markdown-it';
import { safeHref } from './links';

const kTags = [
  'p',
  'br',
  'hr',
  'em',
  'strong',
  's',
  'code',
  'pre',
  'blockquote',
  'ul',
  'ol',
  'li',
  'a',
  'h1',
  'h2',
  'h3',
  'h4',
  'h5',
  'h6',
  'table',
  'thead',
  'tbody',
  'tr',
  'th',
  'td',
];

const markdown = new MarkdownIt({ html: false, linkify: true, breaks: true }).disable('image');
markdown.linkify.set({ fuzzyLink: false, fuzzyIP: false });
markdown.validateLink = (url) => safeHref(url) !== undefined;

export function renderMarkdown(source: string): DocumentFragment {
  const fragment = DOMPurify.sanitize(markdown.render(source), {
    ALLOWED_TAGS: kTags,
    ALLOWED_ATTR: ['href', 'start'],
    ALLOWED_URI_REGEXP: /^(?:https:\/\/|mailto:)/i,
    RETURN_DOM_FRAGMENT: true,
  });
  for (const link of fragment.querySelectorAll('a')) {
    link.target = '_blank';
    link.rel = 'noopener noreferrer nofollow';
  }
  return fragment;
}
