import { useParams } from '@tanstack/react-router';
import { useEffect, useMemo, useState } from 'react';
import { useStore } from '../../app/use-store';
import { allFacts } from '../../conduct/technician';
import { BoardRoom } from '../../live/board-room';
import { LineWatch } from '../../live/line-watch';
import { BoardRoute, type BoardProps } from '../board/BoardRoute';
import { Preview } from './Preview';
import { TechnicianBoard } from './TechnicianBoard';

export function TechnicianPage() {
  return <BoardRoute board={Connected} />;
}

/** The board with its connection to the room. Without one it still shows who is there and takes acts. */
function Connected(props: BoardProps) {
  const { room: meeting = '' } = useParams({ strict: false });
  const [room] = useState(() => new BoardRoom());
  const { you, previews } = props.board;
  const seats = you.seats.join(' ');
  useEffect(() => {
    room.open(meeting);
    return () => room.close();
  }, [room, meeting]);
  useEffect(() => room.seated(seats), [room, seats]);
  // Also what was chosen before a reload or a lock: as long as the bridge opens the point for this board, it says so.
  const stated = previews[you.device ?? ''] ?? null;
  useEffect(() => room.preview(stated), [room, stated]);
  const [lines] = useState(() => new LineWatch(meeting));
  useEffect(() => {
    lines.open();
    return () => lines.close();
  }, [lines]);
  const { facts: seen, tracks, talking, talkFault } = useStore(room.view);
  const measured = useStore(lines.view);
  const facts = useMemo(() => allFacts(seen, measured.figures, measured.at), [seen, measured]);
  const look = (point: string | null) => {
    props.act({ do: 'preview', with: point === null ? {} : { point } });
    room.look();
  };
  return <TechnicianBoard {...props} facts={facts} preview={stated} onPreview={look} picture={<Preview tracks={tracks} />} talk={{ on: talking, fault: talkFault, press: (on) => void room.talk(on) }} />;
}
