import { Problem } from '../api/problem';
import { leadBy, steer } from './clock';
import type { Track } from './desk';
import type { IndexShelf } from './index-shelf';
import { sha256, same, canHash } from './proof';
import type { Fragment } from './record';
import { beginAt, decodable, goesOn, holeBetween, slackMs, spoiltAt, within, type Stretch } from './run';

/** Milliseconds of a track that are kept ready before the clock, and behind it. */
const ahead = 12_000;
const behind = 20_000;
/** Fragments are fetched in pieces of about this size and length. */
const batchMs = 4_000;
/** The first piece after a jump is shorter: it is waited for. */
const firstMs = 2_000;
const batchBytes = 2 << 20;

/** What could not be loaded is asked for again after this time, and then ever later up to the other. */
const againMs = 1_000;
const againMostMs = 15_000;
/** A jump of the element that takes longer, though the media is there, is done again. */
const stuckMs = 2_000;

/** How often an element is made anew within a time before the track is given up. */
const remadeMost = 12;
const remadeWithinMs = 120_000;

export type Trouble = 'codec' | 'key' | 'load' | 'media';

/** What is to be fed, when the run that it belongs to began, and the hole before it. */
interface Feed {
  readonly batch: readonly Fragment[];
  readonly run: number;
  readonly hole: Stretch | null;
}

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
  private media = new MediaSource();
  private url = URL.createObjectURL(this.media);
  private buffer: SourceBuffer | null = null;
  private busy = false;
  private ended = false;
  /** The fragments that were appended one after the other last; null is that decoding begins anew. */
  private run: Stretch | null = null;
  /** Times without anything in the track that the clock has been in. */
  private hole: Stretch | null = null;
  /** Counts jumps: what was asked for before one is not waited for. */
  private turn = 0;
  private seekingSince: number | null = null;
  /** What the browser could not decode: it is left out. */
  private spoilt: readonly Stretch[] = [];
  /** What the browser has refused to take; its error follows. */
  private refused: Stretch | null = null;
  /** When the element was made anew last. */
  private remade: readonly number[] = [];
  trouble: Trouble | null = null;
  /** How often in a row nothing could be fetched, or was not what was recorded. */
  private misses = 0;
  /** Milliseconds that the element is ahead of the clock. */
  error = 0;

  constructor(
    public track: Track,
    readonly element: HTMLMediaElement,
    private readonly shelf: IndexShelf,
    private readonly source: Source,
    private length: number,
    private readonly begin: number,
    /** The clock follows this one: its speed is not bent, so that speech sounds as it was. */
    private readonly leads = false,
  ) {
    element.preload = 'auto';
    element.addEventListener('error', this.failed);
    this.attach();
  }

  private attach(): void {
    const { media } = this;
    media.addEventListener('sourceopen', () => void (media === this.media && this.open()), { once: true });
    this.element.src = this.url;
  }

  /**
   * After a media error an element plays nothing more. What it could not decode is left out from then on, and the
   * element begins anew; where it fails again nearby, more is left out each time.
   */
  private readonly failed = (): void => {
    if (this.ended || !this.element.error) return;
    this.spoilt = [...this.spoilt, this.refused ?? spoiltAt(this.element.currentTime * 1000, this.spoilt.at(-1))];
    this.refused = null;
    [this.run, this.hole, this.buffer, this.seekingSince] = [null, null, null, null];
    this.jumped();
    const now = performance.now();
    this.remade = [...this.remade.filter((each) => now - each < remadeWithinMs), now];
    if (this.remade.length > remadeMost) {
      this.trouble = 'codec';
      return;
    }
    this.media = new MediaSource();
    this.url = URL.createObjectURL(this.media);
    this.attach();
  };

  /** The recording has grown, and the track with it. */
  renew(track: Track, length: number): void {
    this.track = track;
    this.length = length;
    // What was a hole up to the end may be none.
    if (this.hole !== null && this.hole.to > (this.run?.to ?? 0)) this.hole = null;
    this.lengthen();
  }

  /** No media is taken beyond the duration; it cannot be changed while media is taken in. */
  private lengthen(): void {
    const seconds = this.length / 1000 + 1;
    if (this.media.readyState !== 'open' || this.buffer === null || this.buffer.updating || this.media.duration >= seconds) return;
    this.media.duration = seconds;
  }

  private async open(): Promise<void> {
    URL.revokeObjectURL(this.url);
    const { media } = this;
    for (let wait = againMs; !this.ended && media === this.media && this.buffer === null && (this.trouble === null || this.trouble === 'load'); wait = Math.min(2 * wait, againMostMs)) {
      try {
        await this.begun();
        return;
      } catch (error) {
        this.trouble = this.reason(error);
        await new Promise((resume) => setTimeout(resume, wait));
      }
    }
  }

  /** Makes the buffer. */
  private async begun(): Promise<void> {
    void this.shelf.starting(this.track.leg, this.begin, this.begin + batchMs).catch(() => undefined); // the index there is fetched meanwhile
    const header = await this.shelf.header(this.track.leg, this.track.from);
    if (!header) throw new Error('the index has no header of the track');
    const { media } = this;
    const bytes = await this.fetch([header]);
    if (this.ended || media !== this.media) return;
    const type = typeOf(this.track, bytes);
    if (!MediaSource.isTypeSupported(type)) {
      this.trouble = 'codec';
      return;
    }
    this.media.duration = this.length / 1000 + 1;
    const buffer = this.media.addSourceBuffer(type);
    await this.append(buffer, bytes);
    if (media !== this.media) return;
    this.buffer = buffer;
    this.trouble = null;
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

  /** The media that is ready around a time; null when there is none. */
  private readyAt(time: number): Stretch | null {
    const { buffered } = this.element;
    for (let i = 0; i < buffered.length; i++) {
      const [from, to] = [buffered.start(i) * 1000, buffered.end(i) * 1000];
      if (from <= time + slackMs && to > time) return { from, to };
    }
    return null;
  }

  /** Whether the track can be played at a time, or has nothing there to be played. */
  ready(time: number): boolean {
    if (this.trouble || this.ended || this.silent(time)) return true;
    const to = this.readyAt(time)?.to;
    if (to === undefined) return false;
    const enough = to - time > 300 || to >= this.track.to - 100 || within(this.hole, to + 1);
    return enough && this.element.readyState >= 2 && !this.element.seeking;
  }

  /** Whether there is nothing to go on with at a time although there should be. */
  dry(time: number): boolean {
    return !this.trouble && !this.ended && !this.silent(time) && time < this.track.to - 100 && this.readyAt(time) === null;
  }

  /** Why there is nothing to be seen at a time that has been recorded; one failure alone is not told. */
  why(time: number): Trouble | null {
    if (this.silent(time) && this.spoilt.some((each) => within(each, time))) return 'media';
    return this.trouble ?? (this.misses > 1 && this.readyAt(time) === null ? 'load' : null);
  }

  /** True where the track has nothing: it shows no old picture there. */
  silent(time: number): boolean {
    return within(this.hole, time) && this.readyAt(time) === null;
  }

  /** How far the clock is to be moved to be where this one is; 0 when it does not lead, or not now. */
  lead(time: number, rate: number): number {
    if (!this.leads || this.ended || this.element.paused || this.element.seeking || this.element.readyState < 3) return 0;
    return leadBy(this.element.currentTime * 1000 - time, rate);
  }

  /** The clock jumped: what is on the way for where it was is not waited for. */
  jumped(): void {
    this.turn++;
    this.busy = false;
  }

  /** Brings the track to the clock. */
  follow(time: number, rate: number, running: boolean): void {
    if (this.ended || !this.buffer) return;
    void this.feed(time, rate);
    const here = this.readyAt(time);
    const now = this.element.currentTime * 1000;
    this.error = here ? now - time : 0;
    if (!here) {
      if (!this.element.paused) this.element.pause();
      return;
    }
    if (this.jumping(here, time)) return;
    if (!running) {
      if (!this.element.paused) this.element.pause();
      if (Math.abs(now - Math.max(time, here.from)) > 5) this.jump(here, time);
      return;
    }
    const { rate: bent, seek } = steer(this.error, time, rate);
    const speed = this.leads ? rate : bent;
    if (seek !== null) this.jump(here, seek);
    if (Math.abs(this.element.playbackRate - speed) > 0.004) this.element.playbackRate = speed;
    if (this.element.paused) void this.element.play().catch(() => undefined);
  }

  /** An element never arrives where it has no media: it goes to the first of it. */
  private jump(here: Stretch, time: number): void {
    this.element.currentTime = (time < here.from ? here.from + 1 : time) / 1000;
    this.seekingSince = performance.now();
  }

  /** Whether the element is on its way; one that does not arrive, or goes where the clock no longer is, is sent again. */
  private jumping(here: Stretch, time: number): boolean {
    if (!this.element.seeking) {
      this.seekingSince = null;
      return false;
    }
    const now = performance.now();
    this.seekingSince ??= now;
    const elsewhere = Math.abs(this.element.currentTime * 1000 - time) > stuckMs;
    if (elsewhere || now - this.seekingSince > stuckMs) this.jump(here, time);
    return true;
  }

  private async feed(time: number, rate: number): Promise<void> {
    if (this.busy || !this.buffer || this.trouble) return;
    this.busy = true;
    const { turn } = this;
    try {
      await this.feedOnce(this.buffer, time, rate, turn);
      if (turn === this.turn) this.misses = 0;
    } catch (error) {
      if (error instanceof DOMException && error.name === 'QuotaExceededError') await this.shed(this.buffer, time, 2_000);
      else if (turn === this.turn && !this.ended) {
        this.reason(error);
        this.misses++;
        await new Promise((resume) => setTimeout(resume, againMs));
      }
    } finally {
      if (turn === this.turn) this.busy = false;
    }
  }

  private async feedOnce(buffer: SourceBuffer, time: number, rate: number, turn: number): Promise<void> {
    const reached = this.readyAt(time)?.to ?? (within(this.hole, time) && this.run !== null && this.run.from >= time ? this.run.to : null);
    const from = reached ?? time;
    if (from >= Math.min(time + ahead * Math.max(rate, 1), this.track.to - 20)) {
      await this.shed(buffer, time, behind);
      return;
    }
    if (this.hole && this.hole.from <= from && time + ahead < this.hole.to) return;
    const until = time + ahead * Math.max(rate, 1) + batchMs;
    // What was appended last goes on where it ended; anywhere else decoding begins at a key picture.
    const { batch, hole, run } = goesOn(this.run, time, reached, this.hole) ? await this.next(this.run, from, until) : await this.anew(from, until);
    if (turn !== this.turn) return;
    // The hole that the clock is in stays known while what is beyond it is fed.
    if (!within(this.hole, time) || within(hole, time)) this.hole = hole;
    const last = batch.at(-1);
    if (!last) return;
    const bytes = await this.fetch(batch);
    await settled(buffer); // of a turn before
    if (turn !== this.turn || this.ended || this.media.readyState !== 'open') return;
    this.lengthen();
    buffer.appendBuffer(bytes);
    await settled(buffer).catch((error: unknown) => {
      if (buffer === this.buffer) this.refused = { from: batch[0]?.at ?? last.at, to: last.end };
      throw error;
    });
    if (turn === this.turn) this.run = { from: run, to: last.end };
  }

  /** The fragments after those that were fed last. */
  private async next(run: Stretch, from: number, until: number): Promise<Feed> {
    const all = decodable(await this.shelf.within(this.track.leg, run.to - 1, until), this.spoilt);
    const batch = batchOf(all.filter((each) => each.at >= run.to - 1));
    return { batch, run: run.from, hole: holeBetween(from, batch[0], until) };
  }

  /** The fragments to begin with at a time. */
  private async anew(from: number, until: number): Promise<Feed> {
    const { fragments, hole } = beginAt(decodable(await this.shelf.starting(this.track.leg, from, until), this.spoilt), from, until);
    const begin = fragments[0]?.at ?? from;
    return { batch: batchOf(fragments, Math.max(from - begin, 0) + firstMs), run: begin, hole };
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
      this.run = null;
    }
  }

  close(): void {
    this.ended = true;
    this.element.removeEventListener('error', this.failed);
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
