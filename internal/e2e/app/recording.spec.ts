import { execFileSync } from 'node:child_process';
import { mkdtemp, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { AccessToken, RoomServiceClient } from 'livekit-server-sdk';
import { startBridge, type Bridge } from '../bridge';
import { expect, houseOf, test } from './fixture';

const binary = resolve(import.meta.dirname, '../../../bin/diemcau');
/** Seconds of the meeting; longer by hand. */
const seconds = Number(process.env.RECORDING_SECONDS ?? 20);

interface Leg {
  file: string;
  codec: string;
  point: string;
  screen?: boolean;
  from: number;
  to: number;
}

interface Item {
  dir: string;
  sealed: boolean;
  tracks: Leg[];
  events: { t: number; k: string }[];
}

/** Calls the recordings' API as a server does. */
async function api(bridge: Bridge, method: string, path: string, body?: object): Promise<Response> {
  const token = new AccessToken(bridge.key, bridge.secret);
  token.addGrant({ roomRecord: true });
  return fetch(bridge.url + path, {
    method,
    headers: { Authorization: `Bearer ${await token.toJwt()}`, ...(body && { 'Content-Type': 'application/json' }) },
    ...(body && { body: JSON.stringify(body) }),
  });
}

/** Start and end, in seconds, of the packets that ffprobe reads; it must not complain. */
function probed(path: string): { from: number; to: number } {
  const out = execFileSync('ffprobe', ['-v', 'error', '-show_entries', 'packet=pts_time,duration_time', '-of', 'json', path], { encoding: 'utf8' });
  const packets = (JSON.parse(out) as { packets: { pts_time: string; duration_time?: string }[] }).packets;
  const ends = packets.map((p) => Number(p.pts_time) + Number(p.duration_time ?? 0));
  return { from: Number(packets[0]?.pts_time), to: Math.max(...ends) };
}

test('ARC-02 what two points did is recorded whole: content, mute, a point that left and came back', async ({ browser, watch }) => {
  test.skip(process.env.DIEMCAU_URL !== undefined, 'the archive is not ours to read');
  test.setTimeout((seconds + 90) * 1000);
  const archive = await mkdtemp(join(tmpdir(), 'diemcau-archive-'));
  const bridge = await startBridge({ args: ['--demo'], config: `recording: {dir: ${JSON.stringify(archive)}}\n` });
  const house = houseOf(bridge, browser, watch);
  try {
    const hall = await house.join(0);
    let commune = await house.join(5);
    await commune.expectMoving(hall);
    const [open] = await new RoomServiceClient(bridge.url, bridge.key, bridge.secret).listRooms();
    if (!open) throw new Error('no room is open');
    const id = open.name;
    const begun = Date.now();
    expect((await api(bridge, 'POST', '/api/recordings', { room: id })).status).toBe(201);
    await hall.button('Chiếu tài liệu').click();
    await commune.expectMoving(hall, 'content');
    await commune.button('Tắt micro').click();
    await hall.page.waitForTimeout(2_000);
    await commune.page.goto('about:blank'); // the window is closed
    await hall.page.waitForTimeout(1_000);
    commune = await house.join(5);
    await hall.expectMoving(commune);
    await hall.page.waitForTimeout(Math.max(0, seconds * 1000 - (Date.now() - begun)));
    expect((await api(bridge, 'POST', `/api/recordings/rooms/${id}/stop`)).status).toBe(200);
    const lasted = (Date.now() - begun) / 1000;

    const items = JSON.parse(execFileSync(binary, ['archive', 'list', '--json', archive], { encoding: 'utf8' })) as Item[];
    const item = items[0];
    if (!item) throw new Error('no recording');
    expect(items).toHaveLength(1);
    expect(item.sealed).toBe(true);
    const dir = join(archive, item.dir);
    execFileSync(binary, ['archive', 'verify', dir]); // throws when anything is changed
    for (const kind of ['participant.join', 'participant.leave', 'share.on', 'track.mute', 'recording.stop']) {
      expect(item.events.map((e) => e.k)).toContain(kind);
    }
    expect((await readdir(join(dir, 'tracks'))).length).toBe(item.tracks.length);
    for (const leg of item.tracks) {
      const path = join(dir, leg.file);
      const { from, to } = probed(path);
      expect(Math.abs(from - leg.from / 1000), `${leg.file} begins`).toBeLessThan(0.2);
      expect(Math.abs(to - leg.to / 1000), `${leg.file} ends`).toBeLessThan(0.2);
      const merged = JSON.parse(execFileSync('mkvmerge', ['-J', path], { encoding: 'utf8' })) as { errors: string[]; warnings: string[]; tracks: unknown[] };
      expect(merged.errors.concat(merged.warnings), leg.file).toEqual([]);
      expect(merged.tracks, leg.file).toHaveLength(1);
      console.log(`      ${leg.point} ${leg.screen ? 'content' : leg.codec} ${from.toFixed(2)} to ${to.toFixed(2)} s of ${lasted.toFixed(1)}`);
    }
    // Who stayed is there from the start to the end, sound and picture together.
    const stayed = item.tracks.filter((leg) => leg.point === hall.id && !leg.screen);
    expect(stayed).toHaveLength(2);
    for (const leg of stayed) {
      expect(leg.from / 1000).toBeLessThan(1.5);
      expect(leg.to / 1000).toBeGreaterThan(lasted - 1.5);
    }
  } finally {
    await house.close();
    await bridge.stop();
    await rm(archive, { recursive: true, force: true });
  }
});
