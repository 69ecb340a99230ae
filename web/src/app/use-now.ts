import { useEffect, useState } from 'react';
import { bridgeClock } from '../conduct/clock';

/** The bridge's time, counted on. `fixed` holds it still, for the gallery and tests. */
export function useNow(everyMs = 1_000, fixed?: number): number {
  const [now, setNow] = useState(() => fixed ?? bridgeClock.now());
  useEffect(() => {
    if (fixed !== undefined) return undefined;
    const timer = setInterval(() => setNow(bridgeClock.now()), everyMs);
    return () => clearInterval(timer);
  }, [everyMs, fixed]);
  return fixed ?? now;
}
