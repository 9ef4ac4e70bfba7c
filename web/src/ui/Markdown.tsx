// SPDX-License-Identifier: Apache-2.0
// Markdown, once its renderer is here. It is a third of the page's weight and nobody needs it to come
// in, so it is fetched with the first message that wants it; until then the source is shown as text.

import { signal } from '@preact/signals';
import { useLayoutEffect, useRef } from 'preact/hooks';

type Render = (source: string) => DocumentFragment;

const renderer = signal<Render | undefined>(undefined);
let asked = false;

function load(): void {
  if (asked) return;
  asked = true;
  import('../text/markdown').then(
    (module) => (renderer.value = module.renderMarkdown),
    () => (asked = false), // offline: the next one asks again
  );
}

export function Markdown({ source }: { source: string }) {
  const box = useRef<HTMLDivElement>(null);
  const render = renderer.value;
  useLayoutEffect(() => {
    if (!render) load();
    // A fragment or a text node, never a string: nothing on this page assigns innerHTML.
    box.current!.replaceChildren(render ? render(source) : source);
  }, [source, render]);
  return <div class={`text${render ? ' markdown' : ''}`} dir="auto" ref={box} />;
}
