import type { HandCounts, Incident, Motion, Person, Right, RollStatus, Task } from './board';
import type { Choice, LayoutName, Mode, Phase, PointId } from './state';

/** Everything that somebody can do in a meeting, by the names of meeting/conduct. */
export interface Deeds {
  announce: { text: string };
  ask: { entry: string; point: PointId; speaker?: Person; topic?: string; item?: string; minutes?: number };
  'ask-leave': { point: PointId; reason: string };
  'break-tie': { motion: string; choice: Choice };
  broadcast: { on: boolean };
  'cast-vote': { motion: string; voter: string; choice: Choice };
  ceremony: { on: boolean; award?: number };
  chapter: { text: string };
  'close-vote': { motion: string };
  conclude: { task: Task; drop?: boolean };
  'confirm-hands': { motion: string; point: PointId };
  cut: Record<string, never>;
  defer: { entry: string };
  dismiss: { entry: string; reason?: string };
  'enter-hands': { motion: string; point: PointId; counts: HandCounts };
  expel: { point: PointId; off?: boolean };
  extend: { seconds: number };
  finish: Record<string, never>;
  'finish-item': Record<string, never>;
  'grant-leave': { point: PointId };
  'hand-over': { right: Right; to: Person };
  invite: { point: PointId; entry?: string; seconds?: number };
  'let-run': { right: Right; on: boolean };
  lock: { on: boolean };
  'lower-third': { lines: readonly [string, string] };
  mark: { point: PointId; status: RollStatus; present?: number; leader?: Person; reason?: string; phone?: boolean };
  'move-main': { point: PointId };
  mute: { point?: PointId; off?: boolean };
  note: { item?: string; text: string };
  'note-incident': { incident: Incident };
  'note-speech': { number: number; summary: string };
  'open-vote': { motion: string; despite?: string };
  'present-paper': { paper?: string; page?: number };
  'prepare-vote': { motion: Motion };
  preview: { point?: PointId };
  'read-back': Record<string, never>;
  record: { on: boolean; paused?: boolean };
  reorder: { entry: string; place: number };
  say: { text: string };
  'set-chat': { off: boolean };
  'set-mode': { mode: Mode };
  'set-phase': { phase: Phase };
  'set-timing': { seconds: number; autoCut: boolean };
  'share-content': { point?: PointId };
  show: { layout: LayoutName; focus?: PointId; page?: number };
  'start-item': { item: string };
  withdraw: { entry: string };
  'withdraw-message': { number: number };
}

export type DeedName = keyof Deeds;
export type Deed = { readonly [Name in DeedName]: { readonly do: Name; readonly with: Deeds[Name] } }[DeedName];
