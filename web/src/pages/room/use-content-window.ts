import { useCallback, useEffect, useState } from 'react';
import { Store } from '../../app/store';
import { shownContent } from '../../meeting/central';
import { offerContent, type ContentPicture } from '../../meeting/content-door';
import { seenElsewhere } from '../../meeting/whole';
import type { MeetingState } from '../../meeting/state';

/** Opens the content in a window of its own, and knows whether it is still there. */
export function useContentWindow(state: MeetingState): [boolean, () => void] {
  const [picture] = useState(() => new Store<ContentPicture>({ stream: null, name: '' }));
  const [view, setView] = useState<Window | null>(null);
  const content = shownContent(state.conduct?.screen, state.room.contents);
  const track = content?.track?.mediaStreamTrack ?? null;
  const name = content?.point.name ?? '';
  useEffect(() => {
    picture.set({ stream: track ? new MediaStream([track]) : null, name });
  }, [picture, track, name]);
  useEffect(() => {
    if (!view) return undefined;
    // A window says nothing when it is closed by hand.
    const timer = setInterval(() => view.closed && setView(null), 500);
    return () => clearInterval(timer);
  }, [view]);
  const shown = content?.track;
  useEffect(() => (view ? seenElsewhere(shown) : undefined), [view, shown]);
  const room = state.info.id;
  const open = useCallback(() => {
    offerContent(window, { picture });
    setView(window.open(`/hop/${encodeURIComponent(room)}/noi-dung`, 'diemcau-noi-dung', 'popup,width=1280,height=720'));
  }, [picture, room]);
  return [view !== null, open];
}
