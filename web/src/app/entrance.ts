import { enterMeeting, fetchDemo, requestJoin, type DemoInfo, type JoinGrant, type JoinRequest } from '../api/bridge';
import { Problem } from '../api/problem';
import { DeviceRig, type EntryTracks } from '../device/rig';
import { MeetingSession } from '../meeting/session';
import { Store } from './store';
import type { Ways } from './ways';

/** The seat of this window survives a reload; the password does not. */
interface Seat {
  readonly room: string;
  readonly point: string;
}

const key = 'diemcau.seat';

function loadSeat(): Seat | null {
  try {
    const seat: unknown = JSON.parse(sessionStorage.getItem(key) ?? 'null');
    if (typeof seat !== 'object' || seat === null || !('room' in seat) || !('point' in seat)) return null;
    return { room: String(seat.room), point: String(seat.point) };
  } catch {
    return null;
  }
}

function saveSeat(seat: Seat | null): void {
  try {
    if (seat) sessionStorage.setItem(key, JSON.stringify(seat));
    else sessionStorage.removeItem(key);
  } catch {
    // storage may be forbidden; a reload then asks for the point again
  }
}

export interface EntranceState {
  /** Undefined until the bridge has answered; null on a bridge without sample data. */
  readonly demo: DemoInfo | null | undefined;
  readonly unreachable: boolean;
  readonly session: MeetingSession | null;
  readonly resuming: boolean;
}

const askAgainMs = 2_000;

/** Owns the way from the join page into a meeting and back. */
export class Entrance {
  readonly state = new Store<EntranceState>({ demo: undefined, unreachable: false, session: null, resuming: false });

  constructor(private readonly ways: Ways) {
    ways.subscribe(() => {
      // The browser's "back" leaves the meeting.
      if (ways.room() === null) this.leave();
    });
  }

  async open(): Promise<void> {
    this.state.update({ resuming: this.seatHere() !== null });
    const demo = await this.askForDemo();
    this.state.update({ demo, unreachable: false });
    const seat = this.seatHere();
    if (demo && seat) await this.resume(demo, seat);
    this.state.update({ resuming: false });
  }

  /** Throws a Problem when the bridge refuses. */
  async enter(request: JoinRequest, tracks: () => EntryTracks): Promise<void> {
    const asked = performance.now();
    const grant = await requestJoin(request);
    const answeredIn = performance.now() - asked;
    saveSeat({ room: request.room, point: request.point });
    const session = new MeetingSession({
      grant,
      answeredIn,
      entry: tracks(),
      // Many short attempts find a line that has come back sooner than one long one.
      admission: async () => requestJoin(request, Math.min(10_000, Math.max(2_500, answeredIn * 6))),
    });
    this.state.update({ session });
    this.ways.toRoom(grant.room.id);
    void session.run();
  }

  /** A paired machine takes its point's place: nobody types anything (SEC-04). */
  async enterAsMachine(room: string, title: string, tracks: () => EntryTracks): Promise<void> {
    const ask = async (): Promise<JoinGrant> => {
      try {
        const entry = await enterMeeting(room);
        return { url: '', token: entry.token, room: { id: entry.room, title }, point: { id: entry.identity, name: entry.name } };
      } catch (error) {
        // A standing meeting of the configuration is in nobody's plan.
        if (error instanceof Problem && error.code === 'not_found') return requestJoin({ room, point: '', user: '', password: '' });
        throw error;
      }
    };
    const asked = performance.now();
    const grant = await ask();
    const session = new MeetingSession({ grant, answeredIn: performance.now() - asked, entry: tracks(), admission: ask });
    this.state.update({ session });
    this.ways.toRoom(grant.room.id);
    void session.run();
  }

  /** A guest who was let in; his token comes from the waiting room, each time anew (SEC-09). */
  enterAsGuest(grant: JoinGrant, admission: () => Promise<JoinGrant>, tracks: () => EntryTracks): void {
    const session = new MeetingSession({ grant, answeredIn: 0, entry: tracks(), admission });
    this.state.update({ session });
    this.ways.toRoom(grant.room.id);
    void session.run();
  }

  /** Back to the join page. */
  leave(): void {
    const { session } = this.state.get();
    saveSeat(null);
    session?.leave();
    this.state.update({ session: null });
  }

  private seatHere(): Seat | null {
    const seat = loadSeat();
    return seat !== null && seat.room === this.ways.room() ? seat : null;
  }

  private async resume(demo: DemoInfo, seat: Seat): Promise<void> {
    const rig = new DeviceRig();
    await rig.open();
    const request = { ...seat, user: demo.user, password: demo.password };
    await this.enter(request, () => rig.handOver()).catch(() => rig.close());
  }

  private async askForDemo(): Promise<DemoInfo | null> {
    for (;;) {
      try {
        return await fetchDemo();
      } catch {
        this.state.update({ unreachable: true });
        await new Promise((resolve) => setTimeout(resolve, askAgainMs));
      }
    }
  }
}
