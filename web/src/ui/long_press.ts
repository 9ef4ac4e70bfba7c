// SPDX-License-Identifier: Apache-2.0
// A finger that rests on something takes the focus there, and with it what is shown for the focus.

import { useRef } from 'preact/hooks';

const kPressMs = 450;

type Handler = (event: PointerEvent & { currentTarget: HTMLElement }) => void;

export function useLongPress(): Record<
  'onPointerDown' | 'onPointerUp' | 'onPointerMove' | 'onPointerCancel',
  Handler
> {
  const timer = useRef(0);
  const stop = (): void => clearTimeout(timer.current);
  return {
    onPointerDown: (event) => {
      const { currentTarget, pointerType } = event;
      stop();
      if (pointerType === 'touch')
        timer.current = window.setTimeout(() => currentTarget.focus(), kPressMs);
    },
    onPointerUp: stop,
    onPointerMove: (event) => {
      // A resting finger trembles; one that scrolls moves on.
      if (Math.abs(event.movementX) + Math.abs(event.movementY) > 4) stop();
    },
    onPointerCancel: stop,
  };
}
