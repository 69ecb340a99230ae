import { Problem } from '../api/problem';
import { steer } from './clock';
import type { Track } from './desk';
import type { IndexShelf } from './index-shelf';
import { sha256, same, canHash } from './proof';
import type { Fragment } from './record';

/** Milliseconds of a track that are kept ready before the clock, and behind it. */
const ahead = 12_000;
const behind = 20_000;
/** Fragments are fetched in pieces of about this size and length. */
const batchMs = 4_000;
/** The first piece after a jump is shorter: it is waited for. */
const firstMs = 2_000;
const batchBytes = 2 << 20;

/** The clock takes this share of its error from the leading track at each step; beyond the most it is a jump that is under way. */
const leadShare = 0.1;
const leadMost = 350;

export type Trouble = 'codec' | 'key' | 'load';

/** Where bytes of a track come from. */
export type Source = (leg: number, from: number, to: number) => Promise<Uint8Array<ArrayBuffer>>;

/** The codecs parameter of H264 is in the header of its file (avcC: profile, constraints, level). */
export function typeOf(track: Track, header: Uint8Array): string {
  if (track.codec !== 'H264') return track.type;
  for (let i = 4; i + 8 < header.length; i++) {
    if (header[i] === 0x61 && header[i + 1] === 0x76 && header[i + 2] === 0x63 && header[i + 3] === 0x43) {
      const profile = [...header.subarray(i + 5, i + 8)].map((byte) => byte.toString(16).padStart(2, '0')).join('');
      return `video/mp4; codecs="avc1.${profile}"`;
    }
  }
  return track.type;
}

/** The next fragments to fetch in one piece: they follow each other in the file. */
export function batchOf(fragments: readonly Fragment[], longest = batchMs): Fragment[] {
  const batch: Fragment[] = [];
  let bytes = 0;
  for (const each of fragments) {
    const last = batch.at(-1);
    if (last && (each.offset !== last.offset + last.length || each.end - (batch[0]?.at ?? 0) > longest || bytes + each.length > batchBytes)) break;
    batch.push(each);
    bytes += each.length;
  }
  return batch;
}

/** Plays one track in one media element: fetches what is next, checks it, hands it to the element, and keeps to the clock. */
export class Pump {
  private readonly media = new MediaSource();
  private readonly url = URL.createObjectURL(this.media);
  private buffer: SourceBuffer | null = null;
  private busy = false;
  private ended = false;
  /** Up to where fragments were appended since the last jump; null is that decoding begins anew. */
  private fed: number | null = null;
  /** Times without anything in the track that the clock has been in. */
  private hole: { from: number; to: number } | null = null;
  private turn = 0;
  trouble: Trouble | null = null;
  /** Milliseconds that the element is ahead of the clock. */
  error = 0;

  constructor(
    readonly track: Track,
    readonly element: HTMLMediaElement,
    private readonly shelf: IndexShelf,
    private readonly source: Source,
    private readonly length: number,
    private readonly begin: number,
    /** The clock follows this one: its speed is not bent, so that speech sounds as it was. */
    private readonly leads = false,
  ) {
    element.preload = 'auto';
    element.src = this.url;
    this.media.addEventListener('sourceopen', () => void this.open(), { once: true });
  }

  private async open(): Promise<void> {
    URL.revokeObjectURL(this.url);
    try {
      void this.shelf.starting(this.track.leg, this.begin, this.begin + batchMs).catch(() => undefined); // the index there is fetched meanwhile
      const header = await this.shelf.header(this.track.leg, this.track.from);
      if (!header || this.ended) return;
      const bytes = await this.fetch([header]);
      const type = typeOf(this.track, bytes);
      if (!MediaSource.isTypeSupported(type)) {
        this.trouble = 'codec';
        return;
      }
      if (this.media.readyState !== 'open') return;
      this.media.duration = this.length / 1000 + 1;
      const buffer = this.media.addSourceBuffer(type);
      await this.append(buffer, bytes);
      this.buffer = buffer;
    } catch (error) {
      this.trouble ??= this.reason(error);
    }
  }

  private reason(error: unknown): Trouble {
    const code = error instanceof Problem ? error.code : '';
    if (code === 'archive_changed') this.shelf.say('broken');
    return code === 'archive_no_key' ? 'key' : 'load';
  }

  /** Fetches fragments that follow each other and compares them with the index. */
  private async fetch(fragments: readonly Fragment[]): Promise<Uint8Array<ArrayBuffer>> {
    const [first, last] = [fragments[0], fragments.at(-1)];
    if (!first || !last) return new Uint8Array();
    const bytes = await this.source(this.track.leg, first.offset, last.offset + last.length);
    if (this.shelf.comparable && canHash()) {
      const checks = fragments.map(async (each) => same(await sha256(bytes.slice(each.offset - first.offset, each.offset - first.offset + each.length)), each.sum));
      if ((await Promise.all(checks)).includes(false)) {
        this.shelf.say('broken');
        throw new Error('a fragment is not what was recorded');
      }
    }
    await this.shelf.proven(fragments);
    return bytes;
  }

  private async append(buffer: SourceBuffer, bytes: Uint8Array<ArrayBuffer>): Promise<void> {
    buffer.appendBuffer(bytes);
    await settled(buffer);
  }

  /** Where the media that is ready around a time ends; null when there is none. */
  private readyTo(time: number): number | null {
    const { buffered } = this.element;
    for (let i = 0; i < buffered.length; i++) {
      if (buffered.start(i) * 1000 <= time + 60 && buffered.end(i) * 1000 > time) return buffered.end(i) * 1000;
    }
    return null;
  }

  /** Whether the track can be played at a time, or has nothing there to be played. */
  ready(time: number): boolean {
    if (this.trouble || this.ended) return true;
    if (this.hole && this.hole.from <= time && time < this.hole.to) return true;
    const to = this.readyTo(time);
    return to !== null && (to - time > 300 || to >= this.track.to - 100) && this.element.readyState >= 2 && !this.element.seeking;
  }

  /** True where the track has nothing: it shows no old picture there. */
  silent(time: number): boolean {
    return this.hole !== null && this.hole.from <= time && time < this.hole.to;
  }

  /** How far the clock is to be moved to be where this one is; 0 when it does not lead, or not now. */
  lead(time: number): number {
    if (!this.leads || this.ended || this.element.paused || this.element.seeking || this.element.readyState < 3) return 0;
    const error = this.element.currentTime * 1000 - time;
    return Math.abs(error) > leadMost ? 0 : error * leadShare;
  }

  /** Brings the track to the clock. */
  follow(time: number, rate: number, running: boolean): void {
    if (this.ended || !this.buffer) return;
    void this.feed(time, rate);
    const here = this.readyTo(time) !== null;
    const now = this.element.currentTime * 1000;
    this.error = here ? now - time : 0;
    if (!here) {
      if (!this.element.paused) this.element.pause();
      return;
    }
    if (!running) {
      if (!this.element.paused) this.element.pause();
      if (Math.abs(now - time) > 5 && !this.element.seeking) this.element.currentTime = time / 1000;
      return;
    }
    if (this.element.seeking) return;
    const { rate: bent, seek } = steer(this.error, time, rate);
    const speed = this.leads ? rate : bent;
    if (seek !== null) this.element.currentTime = seek / 1000;
    if (Math.abs(this.element.playbackRate - speed) > 0.004) this.element.playbackRate = speed;
    if (this.element.paused) void this.element.play().catch(() => undefined);
  }

  private async feed(time: number, rate: number): Promise<void> {
    if (this.busy || !this.buffer || this.trouble) return;
    this.busy = true;
    const turn = ++this.turn;
    try {
      await this.feedOnce(this.buffer, time, rate);
    } catch (error) {
      if (error instanceof DOMException && error.name === 'QuotaExceededError') await this.shed(this.buffer, time, 2_000);
      else if (turn === this.turn && !this.ended) {
        this.reason(error);
        await new Promise((resume) => setTimeout(resume, 1_000));
      }
    } finally {
      this.busy = false;
    }
  }

  private async feedOnce(buffer: SourceBuffer, time: number, rate: number): Promise<void> {
    const to = this.readyTo(time);
    const from = to ?? time;
    if (from >= Math.min(time + ahead * Math.max(rate, 1), this.track.to - 20)) {
      await this.shed(buffer, time, behind);
      return;
    }
    if (this.hole && this.hole.from <= from && time + ahead < this.hole.to) return;
    const until = time + ahead * Math.max(rate, 1) + batchMs;
    // What was appended since the last jump goes on where it ended; after a jump decoding begins at a key picture.
    const goesOn = to !== null && this.fed !== null && this.fed >= to - 500;
    const fragments = goesOn ? (await this.shelf.within(this.track.leg, (this.fed ?? 0) - 1, until)).filter((each) => each.at >= (this.fed ?? 0) - 1) : await this.shelf.starting(this.track.leg, from, until);
    const batch = batchOf(fragments, goesOn ? batchMs : from - (fragments[0]?.at ?? from) + firstMs);
    const [first, last] = [batch[0], batch.at(-1)];
    if (!first || !last) {
      this.hole = { from, to: until };
      return;
    }
    this.hole = first.at > from + 500 ? { from: from - 100, to: first.at } : null;
    const bytes = await this.fetch(batch);
    if (this.ended || this.media.readyState !== 'open') return;
    await this.append(buffer, bytes);
    this.fed = last.end;
  }

  /** Gives up what is long past, and what is far ahead after a jump back. */
  private async shed(buffer: SourceBuffer, time: number, keep: number): Promise<void> {
    const { buffered } = this.element;
    if (buffered.length === 0 || this.media.readyState !== 'open') return;
    const start = buffered.start(0) * 1000;
    const end = buffered.end(buffered.length - 1) * 1000;
    if (start < time - keep - 5_000) {
      buffer.remove(0, (time - keep) / 1000);
      await settled(buffer);
    } else if (end > time + 5 * ahead) {
      buffer.remove((time + 4 * ahead) / 1000, end / 1000 + 1);
      await settled(buffer);
      this.fed = null;
    }
  }

  close(): void {
    this.ended = true;
    this.element.pause();
    this.element.removeAttribute('src');
    this.element.load();
  }
}

async function settled(buffer: SourceBuffer): Promise<void> {
  if (!buffer.updating) return;
  return new Promise((done, fail) => {
    const end = (then: () => void) => () => {
      buffer.removeEventListener('updateend', ok);
      buffer.removeEventListener('error', bad);
      then();
    };
    const ok = end(done);
    const bad = end(() => fail(new Error('the browser refuses the media')));
    buffer.addEventListener('updateend', ok);
    buffer.addEventListener('error', bad);
  });
}
