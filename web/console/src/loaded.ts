// SPDX-License-Identifier: Apache-2.0
// What a page shows of the server: asked when it opens, again after a change, and every so often
// while it is looked at.

import { useEffect, useState } from 'preact/hooks';
import { ask } from './api';

export interface Loaded<T> {
  value: T | undefined;
  error: unknown;
  again: () => void;
}

export function useLoaded<T>(path: string, everyMs = 0): Loaded<T> {
  const [state, setState] = useState<{ value: T | undefined; error: unknown }>({
    value: undefined,
    error: undefined,
  });
  const [turn, setTurn] = useState(0);
  useEffect(() => {
    let over = false;
    let timer: ReturnType<typeof setTimeout> | undefined;
    const look = async (watching: boolean): Promise<void> => {
      try {
        const value = await ask<T>(path, { watching });
        if (!over) setState({ value, error: undefined });
      } catch (error) {
        if (!over) setState((before) => ({ ...before, error }));
      }
      if (!over && everyMs > 0) timer = setTimeout(() => void whenSeen(), everyMs);
    };
    const whenSeen = (): void => {
      if (document.hidden) timer = setTimeout(whenSeen, everyMs);
      else void look(true);
    };
    void look(false);
    return () => {
      over = true;
      clearTimeout(timer);
    };
  }, [path, everyMs, turn]);
  return { ...state, again: () => setTurn((n) => n + 1) };
}
