import { useEffect, useState } from 'react';
import type { ProblemCode } from '../../api/problem';
import { useHeldReload } from '../../app/upgrade';
import { useNow } from '../../app/use-now';
import type { Plan, Voter } from '../../conduct/board';
import type { Deed } from '../../conduct/deed';
import type { LiveState } from '../../conduct/state';
import { mayPresent, roomView, type RoomView } from '../../conduct/room-view';
import { newKey } from '../../live/acts';
import { useRefused, type Do } from '../../live/use-board';
import { usePlan } from '../../live/use-plan';
import type { MeetingSession } from '../../meeting/session';
import type { MeetingState } from '../../meeting/state';
import type { EarlyLeave } from './AskLeave';
import { useEcho } from './use-echo';

export interface RoomDesk {
  readonly view: RoomView;
  readonly item: string;
  readonly phone: string;
  readonly voters: readonly Voter[];
  readonly busy: boolean;
  readonly silent: boolean;
  /** The microphone hears the room's own loudspeaker. */
  readonly echo: boolean;
  readonly hand: () => void;
  readonly agenda: Plan['agenda'];
  readonly mayPresent: boolean;
  /** Lays a paper before everybody at a page; an empty one takes it away. */
  readonly present: (paper: string, page: number) => void;
  readonly act: Do;
  readonly early: EarlyLeave | null;
  /** This machine may read the plan: else it does not know who votes here. */
  readonly known: boolean;
}

const silentAfterMs = 8_000;

/** True when the microphone has been on the air for a while and nothing was heard of it. */
function useSilence(onAir: boolean, speaking: boolean): boolean {
  const [silent, setSilent] = useState(false);
  useEffect(() => {
    if (!onAir || speaking) return undefined;
    const timer = setTimeout(() => setSilent(true), silentAfterMs);
    return () => {
      clearTimeout(timer);
      setSilent(false);
    };
  }, [onAir, speaking]);
  return silent;
}

function itemTitle(item: LiveState['item']): string {
  return item?.title === undefined ? '' : `${item.number ?? ''}. ${item.title}`;
}

/** What a point's device shows and does in a conducted meeting; null in a room that nobody conducts. */
export function useRoom(session: MeetingSession, state: MeetingState): RoomDesk | null {
  const { conduct, own, info } = state;
  const now = useNow(250);
  const plan = usePlan(conduct ? info.id : null, conduct?.announced);
  const [busy, setBusy] = useState(false);
  const ownTile = state.room.points.find((tile) => tile.point.own);
  const names = new Map(state.room.points.map((tile) => [tile.point.identity, tile.point.name]));
  const nameOf = (point: string) => names.get(point) ?? plan?.points.find((each) => each.id === point)?.name ?? (conduct?.speech?.point === point ? conduct.speech.called : undefined) ?? point;
  const view = conduct ? roomView({ state: conduct, own: own.id, micOn: state.mic, now, nameOf }) : null;
  useHeldReload(conduct?.speech?.point === own.id);
  const onAir = view?.mic === 'speaking' || view?.mic === 'open';
  const echo = useEcho(onAir ? session.ownMic() : null, state.room.sounds);
  const silent = useSilence(view?.mic === 'speaking', ownTile?.point.speaking ?? false);
  const refused = useRefused();
  const attempt = async (deed: Deed): Promise<ProblemCode | null> => {
    try {
      await session.perform(deed);
      return null;
    } catch (error) {
      return refused(error);
    }
  };
  const perform: Do = (deed, after) => {
    setBusy(true);
    void attempt(deed).then((fault) => {
      setBusy(false);
      return after?.(fault);
    });
  };
  if (!conduct || !view) return null;
  const { hand } = view;
  return {
    view,
    item: itemTitle(conduct.item),
    phone: plan?.people.phone ?? '',
    voters: plan?.voters?.filter((voter) => voter.point === own.id) ?? [],
    busy,
    silent,
    echo,
    act: perform,
    known: plan !== null,
    early:
      own.id === conduct.main || conduct.phase === 'be-mac'
        ? null
        : { granted: conduct.leaving?.includes(own.id) ?? false, ask: (reason, after) => perform({ do: 'ask-leave', with: { point: own.id, reason } }, after) },
    agenda: plan?.agenda ?? [],
    mayPresent: mayPresent(conduct, own.id),
    present: (paper, page) => perform({ do: 'present-paper', with: paper === '' ? {} : { paper, page } }),
    hand: () => {
      if (busy || hand.kind === 'none' || hand.kind === 'speaking') return;
      if (hand.kind === 'may') perform({ do: 'ask', with: { entry: newKey(), point: own.id } });
      else perform({ do: 'withdraw', with: { entry: hand.entry } });
    },
  };
}
