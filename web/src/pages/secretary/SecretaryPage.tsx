import { BoardRoute } from '../board/BoardRoute';
import { SecretaryBoard } from './SecretaryBoard';

export function SecretaryPage() {
  return <BoardRoute board={SecretaryBoard} />;
}
