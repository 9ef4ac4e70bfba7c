// SPDX-License-Identifier: Apache-2.0
// The stream by keys: from message to message with the arrows, an answer to one with R. The stream is one
// stop for Tab, however many messages it has; a message's tools are the next ones behind it.

export function walk(
  event: KeyboardEvent,
  stream: HTMLElement,
  answer: (row: HTMLElement) => void,
): void {
  if (event.ctrlKey || event.altKey || event.metaKey || event.shiftKey) return;
  const at = event.target as HTMLElement;
  const row = at.matches('.row') ? at : undefined;
  if (!row && at !== stream) return; // a button within has the keyboard
  // By its place, so that it is the same key in every alphabet.
  if (row && event.code === 'KeyR') {
    event.preventDefault();
    answer(row);
  } else if (event.key === 'ArrowUp' || event.key === 'ArrowDown') {
    const next = neighbour(stream, row, event.key === 'ArrowUp' ? -1 : 1);
    if (!next) return; // nothing there: the stream scrolls
    event.preventDefault();
    next.focus();
  }
}

function neighbour(
  stream: HTMLElement,
  row: HTMLElement | undefined,
  step: -1 | 1,
): HTMLElement | undefined {
  const rows = [...stream.querySelectorAll<HTMLElement>('article.row')];
  if (row) return rows[rows.indexOf(row) + step];
  if (step > 0) return undefined;
  const edge = stream.getBoundingClientRect().bottom;
  return rows.reverse().find((one) => one.getBoundingClientRect().top < edge);
}
