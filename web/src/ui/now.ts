// SPDX-License-Identifier: Apache-2.0
import { useEffect, useState } from 'preact/hooks';
import { useApp } from './context';

/** The time, four times a second while `ticking`: for countdowns. */
export function useNow(ticking: boolean): number {
  const { env } = useApp();
  const [now, setNow] = useState(env.now());
  useEffect(() => {
    if (!ticking) return;
    setNow(env.now());
    const timer = setInterval(() => setNow(env.now()), 250);
    return () => clearInterval(timer);
  }, [env, ticking]);
  return now;
}
