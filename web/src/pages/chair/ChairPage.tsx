import { BoardRoute } from '../board/BoardRoute';
import { ChairBoard } from './ChairBoard';

export function ChairPage() {
  return <BoardRoute board={ChairBoard} />;
}
