import { useEffect, useState } from 'react';
import { dateText, timeText } from '../i18n/clock';

export function Clock({ className }: { readonly className?: string | undefined }) {
  const [now, setNow] = useState(() => new Date());
  useEffect(() => {
    const timer = setInterval(() => setNow(new Date()), 5_000);
    return () => clearInterval(timer);
  }, []);
  return (
    <time className={className} dateTime={now.toISOString()}>
      {timeText(now)} · {dateText(now)}
    </time>
  );
}
