import type { PointInfo, RoomInfo } from '../api/bridge';
import type { ProblemCode } from '../api/problem';
import type { LiveState } from '../conduct/state';
import type { MediaTrouble } from '../device/media-error';
import type { Ending } from './reconnect';
import { emptyRoom, type RoomView } from './snapshot';

export type Phase =
  | { readonly kind: 'connecting' }
  | { readonly kind: 'live' }
  /** `since` is a Date.now() time; the problem is what the bridge last answered, if it answered. */
  | { readonly kind: 'reconnecting'; readonly since: number; readonly problem: ProblemCode | null }
  | { readonly kind: 'over'; readonly ending: Ending };

export interface DeviceTrouble {
  readonly device: 'camera' | 'mic' | 'screen';
  readonly trouble: MediaTrouble;
}

export interface MeetingState {
  readonly phase: Phase;
  readonly info: RoomInfo;
  readonly own: PointInfo;
  readonly room: RoomView;
  /** Identity of the point that is shown large. */
  readonly speaker: string | null;
  readonly mic: boolean;
  readonly camera: boolean;
  readonly sharing: boolean;
  /** What is shared is a whole screen, so showing it here would show itself for ever. */
  readonly sharingWholeScreen: boolean;
  readonly trouble: DeviceTrouble | null;
  /** The bridge says that the room is recorded. */
  readonly recorded: boolean;
  /** How the meeting is conducted; null for a room that nobody conducts. */
  readonly conduct: LiveState | null;
}

export function firstState(info: RoomInfo, own: PointInfo): MeetingState {
  return {
    phase: { kind: 'connecting' },
    info,
    own,
    room: emptyRoom,
    speaker: null,
    mic: false,
    camera: false,
    sharing: false,
    sharingWholeScreen: false,
    trouble: null,
    recorded: false,
    conduct: null,
  };
}
