import { countdown, type Countdown } from './clock';
import type { LiveState, PointId, VoteState } from './state';

/** What the screen of one point says of the meeting: no DOM, no media, no language. */

/** "MICRO ĐANG TẮT" and its opposites. `ready`: the floor is ours and the microphone is still closed at this device. */
export type MicWord = 'off' | 'speaking' | 'open' | 'ready' | 'muted';

export type HandWord =
  | { readonly kind: 'may' }
  | { readonly kind: 'waiting'; readonly entry: string; readonly place: number; readonly of: number }
  | { readonly kind: 'deferred'; readonly entry: string }
  | { readonly kind: 'speaking' }
  | { readonly kind: 'none' };

export interface RoomView {
  readonly mic: MicWord;
  readonly mayOpenMic: boolean;
  readonly hand: HandWord;
  readonly speaker: { readonly point: PointId; readonly name: string; readonly person: string; readonly topic: string } | null;
  readonly clock: Countdown | null;
  /** The clock is for everybody at the main point, and for the point that speaks. */
  readonly ownClock: boolean;
  readonly vote: VoteState | null;
  readonly lost: string;
  readonly waiting: number;
}

export interface RoomFacts {
  readonly state: LiveState;
  readonly own: PointId;
  readonly micOn: boolean;
  readonly now: number;
  readonly nameOf: (point: PointId) => string;
}

/** The point that the bridge itself puts on the air: the invited one; in a ceremony the one where an award is handed over. */
export function isCalled(state: LiveState, own: PointId): boolean {
  return state.speech?.point === own || (state.screen.music === true && own !== state.main && state.screen.tiles[0] === own);
}

/** The same rule as the bridge's: who may open the microphone now. The bridge enforces it, the page only shows it. */
export function mayOpenMic(state: LiveState, own: PointId): boolean {
  if (state.phase === 'be-mac' || (state.muted ?? []).includes(own)) return false;
  if (own === state.main) return true;
  if (state.phase === 'giai-lao') return false;
  if (state.screen.music) return isCalled(state, own);
  return state.mode === 'thao-luan' || isCalled(state, own);
}

/** A microphone that was pulled out and plugged in within so long is the same one to whoever did it. */
const pulledMs = 60_000;

/**
 * Whether a microphone that went away in use opens by itself when it is back: while the point has the floor, else only
 * soon. A hall that plugs its headset in an hour later must not be on the air unasked.
 */
export function takesMicBack(state: LiveState | null, own: PointId, goneForMs: number): boolean {
  if (state === null) return goneForMs <= pulledMs;
  return mayOpenMic(state, own) && (isCalled(state, own) || goneForMs <= pulledMs);
}

/** Who may open papers and point at what everybody sees: the bridge's own rule. */
export function mayPresent(state: LiveState, own: PointId): boolean {
  return state.phase !== 'be-mac' && (own === state.main || state.speech?.point === own || state.screen.content === own);
}

function micWord({ state, own, micOn }: RoomFacts): MicWord {
  const holds = state.speech?.point === own;
  const may = mayOpenMic(state, own);
  if ((state.muted ?? []).includes(own) && !holds) return 'muted';
  if (!may) return 'off';
  if (!micOn) return holds ? 'ready' : 'off';
  return holds ? 'speaking' : 'open';
}

/** How long a result stands on the screens: until the secretary has read it out, and not over the picture for the rest of the day. */
const resultMs = 90_000;

function readOut(vote: VoteState, now: number): boolean {
  return vote.phase === 'dong' && vote.ended !== undefined && now - vote.ended > resultMs;
}

export function handWord(state: LiveState, own: PointId): HandWord {
  if (state.phase === 'be-mac' || own === state.main) return { kind: 'none' };
  if (state.speech?.point === own) return { kind: 'speaking' };
  const queue = state.queue ?? [];
  const waiting = queue.filter((request) => !request.deferred);
  const place = waiting.findIndex((request) => request.point === own);
  const mine = waiting[place];
  if (mine) return { kind: 'waiting', entry: mine.id, place: place + 1, of: Math.max(waiting.length, state.waiting ?? 0) };
  const later = queue.find((request) => request.point === own);
  return later ? { kind: 'deferred', entry: later.id } : { kind: 'may' };
}

export function roomView(facts: RoomFacts): RoomView {
  const { state, own, now, nameOf } = facts;
  const { speech, vote, screen } = state;
  return {
    mic: micWord(facts),
    mayOpenMic: mayOpenMic(state, own),
    hand: handWord(state, own),
    speaker: speech
      ? {
          point: speech.point,
          name: nameOf(speech.point),
          person: [speech.name, speech.position].filter(Boolean).join(', '),
          topic: speech.topic ?? '',
        }
      : null,
    clock: speech ? countdown(speech.started, speech.due, now) : null,
    ownClock: own === state.main || speech?.point === own,
    vote: vote && vote.phase !== 'chuan-bi' && !readOut(vote, now) ? vote : null,
    lost: screen.lost ? nameOf(screen.lost) : '',
    waiting: state.waiting ?? state.queue?.length ?? 0,
  };
}
