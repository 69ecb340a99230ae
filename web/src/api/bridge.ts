import { call, send } from './call';
import { Problem } from './problem';

export interface RoomInfo {
  readonly id: string;
  readonly title: string;
}

export interface PointInfo {
  readonly id: string;
  readonly name: string;
  readonly kind?: string;
}

export interface DemoInfo {
  readonly room: RoomInfo;
  readonly points: readonly PointInfo[];
  readonly user: string;
  readonly password: string;
}

export interface JoinRequest {
  readonly room: string;
  readonly point: string;
  readonly user: string;
  readonly password: string;
}

export interface JoinGrant {
  /** Empty: the bridge that served this page. */
  readonly url: string;
  readonly token: string;
  readonly room: RoomInfo;
  readonly point: PointInfo;
}

/** What a bridge with sample data offers; null on a bridge without. */
export async function fetchDemo(): Promise<DemoInfo | null> {
  try {
    const response = await call('/api/demo');
    return (await response.json()) as DemoInfo;
  } catch (error) {
    if (error instanceof Problem && error.status === 404) return null;
    throw error;
  }
}

export async function requestJoin(request: JoinRequest, within?: number): Promise<JoinGrant> {
  const response = await call('/api/join', {
    method: 'POST',
    headers: { 'Content-Type': 'application/json' },
    body: JSON.stringify(request),
  }, within);
  return (await response.json()) as JoinGrant;
}

export interface MeetingEntry {
  readonly room: string;
  readonly identity: string;
  readonly name: string;
  readonly token: string;
}

/** A token for whoever is known here: the machine of a point as the point, who holds a seat as a board. */
export async function enterMeeting(room: string, board = false): Promise<MeetingEntry> {
  return send('POST', `/api/meetings/${encodeURIComponent(room)}/enter`, board ? { board } : {});
}

/** The address of the signalling socket. */
export function bridgeURL(url: string, origin: string): string {
  return (url === '' ? origin : url).replace(/^http/, 'ws');
}
