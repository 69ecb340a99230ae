import { useEffect, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { announcements, type Announcement } from '../../meeting/announce';
import type { MeetingSession } from '../../meeting/session';

const kept = 4;

/** Tells a screen reader what the picture shows: who came and went, what was muted, how the line is. */
export function Announcer({ session }: { readonly session: MeetingSession }) {
  const { t } = useTranslation();
  const [said, setSaid] = useState<readonly { id: number; what: Announcement }[]>([]);
  useEffect(() => {
    let before = session.state.get();
    let count = 0;
    return session.state.subscribe(() => {
      const after = session.state.get();
      const fresh = announcements(before, after).map((what) => ({ id: ++count, what }));
      before = after;
      if (fresh.length > 0) setSaid((old) => [...old, ...fresh].slice(-kept));
    });
  }, [session]);
  return (
    <div className="visually-hidden" role="log" aria-live="polite" data-testid="announcer">
      {said.map(({ id, what }) => (
        <p key={id}>{t(`say.${what.key}`, { name: what.name ?? '' })}</p>
      ))}
    </div>
  );
}
