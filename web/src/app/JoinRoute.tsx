import { JoinPage } from '../pages/join/JoinPage';
import { entrance } from './media-door';

export function JoinRoute() {
  return <JoinPage entrance={entrance} room="" machine={null} />;
}
