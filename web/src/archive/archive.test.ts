import { createHash, generateKeyPairSync, sign } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { MasterClock, steer } from './clock';
import type { Detail, IndexHead, Track } from './desk';
import { IndexShelf, type Sign } from './index-shelf';
import { lanesOf, nextIn, timeCode, timeOf } from './lanes';
import { blockHash, headProof, hexOf } from './proof';
import { batchOf, typeOf } from './pump';
import { readRecords, recordSize } from './record';
import { Patience, patienceMs, soundPatienceMs } from './hold';
import { beginsAt, opensAt, speakerAt, tilesAt, voicesAt } from './scene';

/** A record as recording/evidence writes it. */
function record(leg: number, flags: number, at: number, offset: number, length: number): Uint8Array {
  const bytes = new Uint8Array(recordSize);
  const view = new DataView(bytes.buffer);
  view.setUint16(0, leg);
  view.setUint16(2, flags);
  view.setBigInt64(8, BigInt(at) * 1000n);
  view.setUint32(16, 1_000_000);
  view.setUint32(20, length);
  view.setBigUint64(24, BigInt(offset));
  return bytes;
}

const joinedBytes = (all: readonly Uint8Array[]): Uint8Array<ArrayBuffer> => new Uint8Array(all.flatMap((each) => [...each]));
const hash = (...parts: readonly Uint8Array[]): Buffer => parts.reduce((h, part) => h.update(part), createHash('sha256')).digest();

/** The root as RFC 6962 defines it, by recursion. */
function rootOf(leaves: readonly Uint8Array[]): Buffer {
  const [only] = leaves;
  if (leaves.length === 1 && only) return hash(new Uint8Array([0]), only);
  let split = 1;
  while (2 * split < leaves.length) split *= 2;
  return hash(new Uint8Array([1]), rootOf(leaves.slice(0, split)), rootOf(leaves.slice(split)));
}

const pair = generateKeyPairSync('ed25519');
const publicKey = pair.publicKey.export({ format: 'der', type: 'spki' }).subarray(-32);

/** An index of so many seconds of one track, sealed. */
function sealedIndex(seconds: number, change: (manifest: Record<string, unknown>) => void = () => undefined) {
  const leaves = [record(1, 8, 0, 0, 100), ...Array.from({ length: seconds }, (_, i) => record(1, i % 4 === 0 ? 1 : 0, i * 1000, 100 + i * 50, 50))];
  const blocks: Uint8Array<ArrayBuffer>[] = [];
  for (let i = 0; i < leaves.length; i += 512) blocks.push(joinedBytes(leaves.slice(i, i + 512)));
  const manifest: Record<string, unknown> = { records: leaves.length, root: rootOf(leaves).toString('hex'), key: publicKey.toString('hex') };
  const root = String(manifest['root']);
  change(manifest);
  const text = Buffer.from(JSON.stringify(manifest));
  const signature = sign(null, Buffer.concat([Buffer.from('diemcau manifest v1\n'), text]), pair.privateKey);
  const head: IndexHead = {
    records: leaves.length,
    root,
    key: publicKey.toString('hex'),
    block: 512,
    blocks: blocks.map((_, i) => ({ from: i * 511_000, to: (i + 1) * 512_000, hash: rootOf(leaves.slice(512 * i, 512 * (i + 1))).toString('hex') })),
    seal: { manifest: text.toString('base64'), signature: signature.toString('hex'), stamped: false },
  };
  return { head, blocks };
}

describe('ARC-04 proof in the browser', () => {
  it('joins blocks to the root of the signed tree for any number of records', async () => {
    for (const seconds of [1, 2, 7, 510, 511, 512, 1200, 1535]) {
      const { head, blocks } = sealedIndex(seconds);
      expect(await headProof(head), String(seconds)).toBe('proven');
      for (const [i, block] of blocks.entries()) expect(await blockHash(block)).toBe(head.blocks[i]?.hash);
    }
  });

  it('sees every kind of change', async () => {
    const { head } = sealedIndex(600);
    const other = 'f'.repeat(64);
    expect(await headProof({ ...head, root: other })).toBe('broken');
    expect(await headProof({ ...head, blocks: head.blocks.map((block, i) => (i === 1 ? { ...block, hash: other } : block)) })).toBe('broken');
    expect(await headProof({ ...head, seal: { ...head.seal, signature: head.seal.signature?.replace(/^../, '00') ?? '' } })).toBe('broken');
    expect(await headProof({ ...head, seal: { stamped: false } })).toBe('broken');
    expect(await headProof(sealedIndex(600, (manifest) => (manifest['root'] = other)).head)).toBe('broken');
    expect(await headProof(sealedIndex(600, (manifest) => (manifest['key'] = other)).head)).toBe('broken');
  });

  it('reads a checkpoint of a recording that goes on', async () => {
    const { head } = sealedIndex(20);
    const line = JSON.stringify({ t: 1, records: head.records, root: head.root, events: 3, head: 'x', prev: '' });
    const sig = sign(null, Buffer.from(`diemcau checkpoint v1\n${line}`), pair.privateKey).toString('hex');
    const checkpoint = `${line.slice(0, -1)},"sig":"${sig}"}`;
    expect(await headProof({ ...head, seal: { checkpoint, stamped: false } })).toBe('proven');
    expect(await headProof({ ...head, seal: { checkpoint: checkpoint.replace('"events":3', '"events":4'), stamped: false } })).toBe('broken');
  });

  it('plays nothing of a block that was changed, and says so for good', async () => {
    const { head, blocks } = sealedIndex(20);
    const signs: Sign[] = [];
    const changed = new Uint8Array(blocks[0] ?? []);
    changed[100] = (changed[100] ?? 0) ^ 1;
    const shelf = new IndexShelf(head, async () => Promise.resolve(changed), true, (each) => signs.push(each));
    const fragments = await shelf.within(1, 0, 20_000);
    await expect(shelf.proven(fragments)).rejects.toThrow();
    shelf.say('verified');
    expect(shelf.sign).toBe('broken');
    expect(signs.at(-1)).toBe('broken');
  });
});

describe('the index', () => {
  it('takes of a block that has grown since its head was read what the head vouches for, and the rest with the next head', async () => {
    const [before, after] = [sealedIndex(20), sealedIndex(25)];
    const signs: Sign[] = [];
    const shelf = new IndexShelf(before.head, async () => Promise.resolve(after.blocks[0] ?? new Uint8Array()), true, (each) => signs.push(each));
    const fragments = await shelf.within(1, 0, 30_000);
    await shelf.proven(fragments);
    expect(fragments).toHaveLength(20);
    shelf.renew(after.head);
    const all = await shelf.within(1, 0, 30_000);
    await shelf.proven(all);
    expect(all).toHaveLength(25);
    expect(signs).not.toContain('broken');
  });

  it('begins at the last key picture before a second, and fetches only the blocks of that time', async () => {
    const { head, blocks } = sealedIndex(1200);
    const fetched: number[] = [];
    const shelf = new IndexShelf(head, async (block) => {
      fetched.push(block);
      return Promise.resolve(blocks[block] ?? new Uint8Array());
    }, true);
    const fragments = await shelf.starting(1, 1_002_500, 1_006_000);
    expect(fragments.map((each) => each.at)).toEqual([1_000_000, 1_001_000, 1_002_000, 1_003_000, 1_004_000, 1_005_000]);
    expect(new Set(fetched)).toEqual(new Set([1]));
    expect((await shelf.header(1, 0))?.length).toBe(100);
  });

  it('fetches what follows in the file in one piece', () => {
    const all = readRecords(joinedBytes([record(1, 1, 0, 0, 10), record(1, 0, 1000, 10, 10), record(1, 0, 2000, 30, 10)]));
    expect(batchOf(all)).toHaveLength(2);
    expect(batchOf(all.slice(2))).toHaveLength(1);
    expect(batchOf([])).toEqual([]);
    expect(batchOf(readRecords(joinedBytes(Array.from({ length: 60 }, (_, i) => record(1, 1, i * 1000, i * 10, 10)))))).toHaveLength(4);
  });

  it('takes the profile of H264 from its header', () => {
    const avc = { codec: 'H264', type: 'video/mp4' } as Track;
    expect(typeOf(avc, new Uint8Array([0, 0, 0, 9, 0x61, 0x76, 0x63, 0x43, 1, 0x64, 0, 0x1f, 0xff]))).toBe('video/mp4; codecs="avc1.64001f"');
    expect(typeOf({ ...avc, codec: 'VP8', type: 'video/webm' }, new Uint8Array())).toBe('video/webm');
  });
});

describe('the clock', () => {
  it('runs at its rate, stands while it is stopped, and ends at the end', () => {
    let now = 0;
    const clock = new MasterClock(() => now, 10_000);
    clock.start();
    now = 1000;
    clock.setRate(2);
    now = 2000;
    expect(clock.time).toBe(3000);
    clock.stop();
    now = 9000;
    expect(clock.time).toBe(3000);
    clock.seek(-5);
    expect(clock.time).toBe(0);
    clock.start();
    now = 99_000;
    expect(clock.time).toBe(10_000);
  });

  it('leaves a track alone that is near, nudges one that is off, and jumps when it is far', () => {
    expect(steer(20, 5000, 1)).toEqual({ rate: 1, seek: null });
    expect(steer(100, 5000, 1).rate).toBeLessThan(1);
    expect(steer(-100, 5000, 2).rate).toBeGreaterThan(2);
    expect(steer(-300, 5000, 1).rate).toBeCloseTo(1.12);
    expect(steer(900, 5000, 1)).toEqual({ rate: 1, seek: 5000 });
  });
});

const track = (leg: number, point: string, more: Partial<Track> = {}): Track => ({ leg, point, name: `Xã ${point}`, screen: false, codec: 'VP8', type: 'video/webm; codecs="vp8"', from: 0, to: 100_000, bytes: 1, ...more });
const voice = (leg: number, point: string): Track => track(leg, point, { codec: 'opus', type: 'audio/webm; codecs="opus"' });

const detail = {
  length: 100_000,
  tracks: [...['A', 'B', 'C'].map((point, i) => track(i, point)), track(9, 'B', { screen: true, from: 50_000 }), ...Array.from({ length: 12 }, (_, i) => voice(20 + i, 'ABCDEFGHIJKL'[i] ?? ''))],
  chapters: [{ from: 0, to: 40_000, kind: 'item', title: 'Một' }, { from: 40_000, kind: 'item', title: 'Hai' }, { from: 60_000, kind: 'mark', title: 'Mốc' }],
  speeches: [{ from: 10_000, to: 20_000, point: 'C' }],
  voices: [{ point: 'L', from: 30_000, to: 35_000 }, { point: 'L', from: 36_000, to: 38_000 }, { point: 'A', from: 30_500, to: 31_000 }],
  moments: [{ at: 5000, kind: 'participant.join', point: 'B' }],
  scenes: [{ at: 0, points: ['B'] }, { at: 70_000, points: ['A'], content: 'B' }],
} as unknown as Detail;

const shown = (time: number, layout: Parameters<typeof tilesAt>[2], chosen: string | null = null) =>
  tilesAt(detail, time, layout, chosen).map((tile) => `${tile.track.point}${tile.track.screen ? '*' : ''}${tile.large ? '!' : ''}`);

const begun = (type: string, from: number) => ({ type, from }) as Track;

describe('what is seen and heard', () => {
  it('is what the layout says', () => {
    expect(shown(15_000, 'speaker')).toEqual(['C!', 'A', 'B']);
    expect(shown(15_000, 'seen')).toEqual(['B!']);
    expect(shown(75_000, 'seen')).toEqual(['B*!', 'A']);
    expect(shown(75_000, 'content')).toEqual(['B*!', 'A']);
    expect(shown(15_000, 'one', 'B')).toEqual(['B!']);
    expect(shown(75_000, 'grid')).toHaveLength(4);
    expect(shown(100_000, 'grid')).toEqual([]);
  });

  it('ARC-02 begins with the first sound when no camera was on yet', () => {
    expect(beginsAt([begun('video/webm', 600_000), begun('audio/webm', 2_000), begun('', 0)])).toBe(2_000);
    expect(beginsAt([begun('video/webm', 1_000), begun('audio/webm', 2_000)])).toBe(1_000);
    expect(opensAt([begun('video/webm', 600_000), begun('audio/webm', 2_000)]), 'ten minutes of sound').toBe(2_000);
    expect(opensAt([begun('video/webm', 400), begun('audio/webm', 20)]), 'the camera a moment later').toBe(400);
    expect(opensAt([begun('audio/webm', 20)]), 'sound alone').toBe(20);
  });

  it('P9 waits longer for the sound of who speaks than for a picture, and for neither for ever', () => {
    let now = 1_000;
    const of = { running: true, late: true, nothing: false, unheard: false };
    const patience = new Patience(() => now);
    expect([patience.next(of), patience.waiting]).toEqual(['stay', false]);
    expect([patience.next({ ...of, nothing: true }), patience.waiting]).toEqual(['stop', true]);
    now += patienceMs + 1;
    expect(patience.next({ ...of, running: false })).toBe('start');
    expect(patience.next({ ...of, nothing: true })).toBe('stay');
    // That a picture is late still is no reason to skip words.
    for (const round of [1, 2]) {
      expect(patience.next({ ...of, unheard: true }), `${round}`).toBe('stop');
      now += soundPatienceMs - 1;
      expect(patience.next({ ...of, running: false, unheard: true }), `${round}`).toBe('stop');
      now += 2;
      expect(patience.next({ ...of, running: false, unheard: true }), `${round}`).toBe('start');
      expect(patience.next({ ...of, unheard: true }), `${round}`).toBe('stay');
      expect(patience.next(of), `${round}`).toBe('stay'); // it has come
    }
    patience.next({ ...of, unheard: true });
    now += soundPatienceMs + 1;
    patience.anew(true); // a jump
    expect(patience.next({ ...of, running: false, unheard: true })).toBe('stop');
    expect([patience.next({ ...of, late: false, running: false }), patience.waiting]).toEqual(['start', false]);
  });

  it('is the content that the room saw, when another point shares too', () => {
    const older = { ...detail, tracks: [{ leg: 90, type: 'video/webm; codecs="vp8"', screen: true, point: 'A', from: 0, to: 100_000 } as unknown as Track, ...detail.tracks] };
    const seen = tilesAt(older, 75_000, 'seen', null).map((tile) => `${tile.track.point}${tile.track.screen ? '*' : ''}`);
    expect(seen).toEqual(['B*', 'A']);
  });

  it('has the floor first and then who is heard', () => {
    expect(speakerAt(detail, 15_000)).toBe('C');
    expect(speakerAt(detail, 30_200)).toBe('L');
    expect(speakerAt(detail, 5_000)).toBeUndefined();
  });

  it('has at most nine voices, those who speak now or soon among them', () => {
    const heard = voicesAt(detail, 29_000).map((each) => each.point);
    expect(heard).toHaveLength(9);
    expect(heard).toContain('L');
    expect(heard).toContain('A');
  });
});

describe('the timeline', () => {
  const names = { items: 'Nội dung', votes: 'v', marks: 'm', coming: 'c', event: (kind: string, point: string) => `${kind} ${point}` };

  it('CON-14 has the items one after another, and lanes only of what there is', () => {
    const lanes = lanesOf(detail, names);
    expect(lanes.map((lane) => lane.id)).toEqual(['items', 'marks', 'coming', 'C', 'L', 'A']);
    expect(lanes[0]?.stretches.map((each) => [each.from, each.to])).toEqual([[0, 0.4], [0.4, 1]]);
    expect(lanes[2]?.stretches[0]?.label).toBe('participant.join Xã B');
    expect(lanes[4]?.stretches).toHaveLength(1);
  });

  it('goes to the next place of a lane and round again', () => {
    const [items] = lanesOf(detail, names);
    if (!items) throw new Error('no lane');
    expect(nextIn(items, 10)).toBe(40_000);
    expect(nextIn(items, 90_000)).toBe(0);
  });

  it('writes and reads times', () => {
    expect(timeCode(3_723_999)).toBe('1:02:03');
    expect(timeOf('1:02:03')).toBe(3_723_000);
    expect(timeOf('2:03')).toBe(123_000);
    for (const odd of ['', 'a', '1:b', '1:2:3:4', '-1']) expect(timeOf(odd)).toBeNull();
  });

  it('keeps hashes as text', () => expect(hexOf(new Uint8Array([0, 255]))).toBe('00ff'));
});
