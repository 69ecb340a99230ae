import { DisconnectReason, RoomEvent, type Room } from 'livekit-client';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { Problem } from '../api/problem';
import { BoardRoom } from './board-room';

/** A room of the media client as far as a board knows one. */
class Hall {
  readonly remoteParticipants = new Map<string, Seat>();
  readonly localParticipant = { audioTrackPublications: new Map<string, unknown>() };
  private readonly listeners = new Map<string, ((value?: unknown) => void)[]>();

  on(event: string, listener: (value?: unknown) => void): this {
    this.listeners.set(event, [...(this.listeners.get(event) ?? []), listener]);
    return this;
  }

  emit(event: string, value?: unknown): void {
    for (const listener of this.listeners.get(event) ?? []) listener(value);
  }

  publish(identity: string, source: string): Publication {
    const publication: Publication = { isDesired: false, setSubscribed: (on) => void (publication.isDesired = on) };
    const seat = this.remoteParticipants.get(identity) ?? new Seat(identity);
    seat.trackPublications.set(source, publication);
    this.remoteParticipants.set(identity, seat);
    this.emit(RoomEvent.TrackPublished);
    return publication;
  }

  readonly connect = async (): Promise<void> => Promise.resolve();
  readonly disconnect = async (): Promise<void> => Promise.resolve();
  removeAllListeners(): void {
    this.listeners.clear();
  }
}

interface Publication {
  isDesired: boolean;
  setSubscribed: (on: boolean) => void;
}

class Seat {
  readonly trackPublications = new Map<string, Publication>();
  readonly audioLevel = 0;
  constructor(readonly identity: string) {}
  getTrackPublication(): undefined {
    return undefined;
  }
}

function board(entering: () => Promise<{ token: string }> = async () => Promise.resolve({ token: 't' })) {
  const halls: Hall[] = [];
  const room = new BoardRoom({
    enter: entering,
    room: () => {
      const hall = new Hall();
      halls.push(hall);
      return hall as unknown as Room;
    },
  });
  room.open('m');
  return { room, halls };
}

const pass = async (ms: number) => vi.advanceTimersByTimeAsync(ms);

beforeEach(() => {
  vi.useFakeTimers();
  vi.stubGlobal('location', { origin: 'http://127.0.0.1' });
});

afterEach(() => {
  vi.useRealTimers();
  vi.unstubAllGlobals();
});

test('CON-05 a previewed point that comes back, or opens its camera later, is seen; others are not', async () => {
  const { room, halls } = board();
  await pass(0);
  room.preview('LG-X1');
  const camera = halls[0]?.publish('LG-X1', 'camera');
  const other = halls[0]?.publish('LG-X2', 'camera');
  expect([camera?.isDesired, other?.isDesired]).toEqual([true, false]);
  room.preview('LG-X2');
  expect([camera?.isDesired, other?.isDesired]).toEqual([false, true]);
  room.close();
});

test('CON-05 a board enters anew for as long as it is open, and takes its preview with it', async () => {
  const { room, halls } = board();
  await pass(0);
  room.preview('LG-X1');
  halls[0]?.emit(RoomEvent.Disconnected, DisconnectReason.SERVER_SHUTDOWN);
  await pass(1_000);
  expect(halls.length).toBe(2);
  expect(halls[1]?.publish('LG-X1', 'camera').isDesired).toBe(true);
  // The client tries to come back by itself and cannot.
  halls[1]?.emit(RoomEvent.Reconnecting);
  await pass(30_000);
  expect(halls.length).toBe(3);
  room.close();
  halls[2]?.emit(RoomEvent.Disconnected);
  await pass(60_000);
  expect(halls.length).toBe(3);
});

test('CON-05 a first try that fails is not the last', async () => {
  let tries = 0;
  const { room, halls } = board(async () => (++tries < 3 ? Promise.reject(new Problem('unreachable')) : Promise.resolve({ token: 't' })));
  await pass(10_000);
  expect([tries, halls.length]).toEqual([3, 1]);
  room.close();
});

test('CON-05 two windows of one board do not push each other out for ever', async () => {
  const { room, halls } = board();
  await pass(0);
  halls[0]?.emit(RoomEvent.Disconnected, DisconnectReason.DUPLICATE_IDENTITY);
  await pass(600_000);
  expect(halls.length).toBe(1);
  room.look();
  await pass(1_000);
  expect(halls.length).toBe(2);
  room.close();
});

test('CON-01 who may not enter does not ask again until he is given a board', async () => {
  let tries = 0;
  const { room, halls } = board(async () => (++tries === 1 ? Promise.reject(new Problem('right_missing', 403)) : Promise.resolve({ token: 't' })));
  await pass(600_000);
  expect([tries, halls.length]).toEqual([1, 0]);
  room.seated('ky-thuat-vien');
  await pass(1_000);
  expect([tries, halls.length]).toEqual([2, 1]);
  room.close();
});
