import { dateText, timeText } from '../i18n/clock';
import { useNow } from './use-now';

/** The bridge's time, in Viet Nam's zone: the machine's own clock may be hours wrong. */
export function Clock({ className }: { readonly className?: string | undefined }) {
  const now = useNow(5_000);
  return (
    <time className={className} dateTime={new Date(now).toISOString()}>
      {timeText(now)} · {dateText(now)}
    </time>
  );
}
