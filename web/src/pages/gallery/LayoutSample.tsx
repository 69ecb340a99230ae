import { useState } from 'react';
import type { LayoutName, LiveState } from '../../conduct/state';
import { briefing } from '../../conduct/sample';
import { firstScreen } from '../../meeting/screen';
import { contentTile, pointTile, type TileView } from '../../meeting/snapshot';
import { firstState, type MeetingState } from '../../meeting/state';
import { Stage } from '../meeting/Stage';
import { LowerThird } from '../room/LowerThird';
import { drawnCamera } from './drawn-camera';
import classes from './RoomSample.module.css';

/** Cameras of rooms are not alike: bars, old meeting cameras, a telephone held upright. */
const shapes = [
  [640, 360],
  [640, 480],
  [640, 360],
  [400, 300],
  [360, 640],
] as const;

interface LayoutSampleProps {
  readonly layout: LayoutName;
  readonly points: number;
  readonly content?: boolean;
  readonly lowerThird?: readonly string[];
}

function tile(index: number): TileView {
  const id = `LG-${index}`;
  const site = briefing.board.plan.points[index % briefing.board.plan.points.length];
  const [width, height] = shapes[index % shapes.length] ?? shapes[0];
  const point = { identity: id, name: site?.name ?? id, own: index === 1, mic: index === 0, camera: index !== 3, speaking: index === 0, line: 'good', guest: index === 2, unit: index === 2 ? briefing.board.plan.host : '' } as const;
  return { id: pointTile(id), kind: 'point', point, track: point.camera ? drawnCamera(width, height, (index * 47) % 360) : null };
}

const nobody: readonly string[] = [];
const nothing = () => undefined;

/** A layout as rooms see it, with cameras of uneven shapes; one of them is off. */
export function LayoutSample({ layout, points, content = false, lowerThird = nobody }: LayoutSampleProps) {
  const [state] = useState((): MeetingState => {
    const tiles = Array.from({ length: points }, (_, index) => tile(index));
    const [first] = tiles;
    const shared: TileView[] = content && first ? [{ id: contentTile('LG-0'), kind: 'content', point: first.point, track: drawnCamera(1280, 960, 0, briefing.board.plan.agenda[3]?.title ?? '–') }] : [];
    const conduct: LiveState = { ...briefing.live, screen: { layout, tiles: tiles.map((each) => each.point.identity), ...(content ? { content: 'LG-0' } : {}), lowerThird } };
    const base = firstState({ id: 'giao-ban', title: briefing.board.plan.title }, { id: 'LG-1', name: '' });
    return { ...base, phase: { kind: 'live' }, room: { ...base.room, points: tiles, contents: shared }, conduct };
  });
  return (
    <div className={classes.page}>
      <h1 className="visually-hidden">{`${layout} ${points}`}</h1>
      <Stage state={state} screen={firstScreen} onPages={nothing} onTurn={nothing} />
      <LowerThird lines={lowerThird} />
      <div style={{ height: 150, background: '#121a23' }} />
    </div>
  );
}
