import { MasterClock } from './clock';
import { fetchBlock, fetchFragments, fetchMix, fetchMixBlock, type Companions, type Detail, type Track } from './desk';
import { IndexShelf, type Sign } from './index-shelf';
import { Pump, type Trouble } from './pump';
import { Patience } from './hold';
import { beginsAt, opensAt, speakerAt, voicesAt, type Sound } from './scene';

export const rates = [0.5, 0.75, 1, 1.25, 1.5, 2] as const;

/** How often tracks are brought to the clock. */
const stepMs = 50;
/** The screen is drawn at every so many steps. */
const stepsSeen = 4;
const frameMs = 40;
const shortestCutMs = 1_000;
/** How far behind the end of what is signed play follows a meeting that goes on. */
const liveLagMs = 6_000;

export interface Cut {
  readonly from: number;
  readonly to: number;
}

export interface State {
  readonly time: number;
  readonly playing: boolean;
  readonly waiting: boolean;
  readonly rate: number;
  readonly sign: Sign;
  readonly muted: boolean;
  readonly sound: Sound;
  /** A stretch of interest: links, exports and play up to its end. */
  readonly cut: Cut | null;
  /** The mix is there to be chosen. */
  readonly mixed: boolean;
  /** Why what speaks cannot be heard now; null when it can. */
  readonly unheard: Trouble | null;
}

/** The mix among the voices: no track has the number. */
const mixLeg = -1;

/** All tracks of a recording under one clock. Elements of tiles are lent to it while they are shown. */
export class Player {
  readonly clock: MasterClock;
  /** Where the first picture or sound is: before it nothing was recorded. */
  private readonly first: number;
  /** Where it opens, and begins anew after its end. */
  private readonly opening: number;
  private readonly shelf: IndexShelf;
  private readonly pumps = new Map<number, Pump>();
  private readonly voices = new Map<number, Pump>();
  private readonly listeners = new Set<() => void>();
  private readonly timer: ReturnType<typeof setInterval>;
  private playing = false;
  private steps = 0;
  private before = 0;
  private readonly patience = new Patience(() => performance.now());
  private muted = false;
  private cut: Cut | null = null;
  private sound: Sound = 'mix';
  private mix: { readonly track: Track; readonly shelf: IndexShelf } | null = null;
  /** The browser cannot decode the mix: the voices are heard instead. */
  private refused = false;
  private state: State;

  private now: Detail;

  constructor(detail: Detail, start: number) {
    this.now = detail;
    this.clock = new MasterClock(() => performance.now(), detail.length);
    const [begins, opens] = [beginsAt(detail.tracks), opensAt(detail.tracks)];
    this.first = (Number.isFinite(begins) ? begins : 0) + frameMs;
    this.opening = (Number.isFinite(opens) ? opens : 0) + frameMs;
    this.clock.seek(start > 0 ? Math.max(start, this.first) : this.opening);
    this.shelf = new IndexShelf(detail.index, async (block) => fetchBlock(detail.id, block), !detail.encrypted, () => this.tell());
    this.state = this.look();
    this.timer = setInterval(() => this.step(), stepMs);
  }

  get detail(): Detail {
    return this.now;
  }

  /** What is being recorded has grown: tracks go on, and the clock may go further. */
  renew(detail: Detail): void {
    if (detail.id !== this.now.id || detail.index.records <= this.now.index.records) {
      // The seal adds no fragment: it says that there will be none.
      if (detail.running === this.now.running) return;
    }
    this.now = detail;
    this.clock.extend(detail.length);
    this.shelf.renew(detail.index);
    for (const [leg, pump] of [...this.pumps, ...this.voices]) {
      const track = detail.tracks.find((each) => each.leg === leg);
      if (track) pump.renew(track, detail.length);
    }
    this.tell();
  }

  /** As near to what happens now as is signed. */
  goLive(): void {
    this.seek(Math.max(this.now.length - liveLagMs, 0));
    this.play();
  }

  /** Nothing newer can be watched. */
  get live(): boolean {
    return this.now.running && this.now.length - this.clock.time < 4 * liveLagMs;
  }

  subscribe = (listener: () => void): (() => void) => {
    this.listeners.add(listener);
    return () => this.listeners.delete(listener);
  };

  snapshot = (): State => this.state;

  private look(): State {
    return { time: this.clock.time, playing: this.playing, waiting: this.patience.waiting || (!this.playing && this.behind()), rate: this.clock.rate, sign: this.shelf.sign, muted: this.muted, sound: this.mix === null && this.sound === 'mix' ? 'voices' : this.sound, mixed: this.mix !== null, unheard: this.leading(this.clock.time)?.why(this.clock.time) ?? null, cut: this.cut };
  }

  /** A picture that is to be seen now has not come. */
  private behind(): boolean {
    const { time } = this.clock;
    return [...this.pumps.values()].some((pump) => pump.trouble === null && !pump.silent(time) && !pump.ready(time));
  }

  private tell(): void {
    this.state = this.look();
    for (const listener of this.listeners) listener();
  }

  private pump(track: Track, element: HTMLMediaElement): Pump {
    return new Pump(track, element, this.shelf, async (leg, from, to) => fetchFragments(this.detail.id, leg, from, to), this.detail.length, this.clock.time);
  }

  /** Shows a track in an element until the returned function is called. */
  show(track: Track, element: HTMLVideoElement): () => void {
    element.muted = true;
    const pump = this.pump(track, element);
    this.pumps.set(track.leg, pump);
    return () => {
      pump.close();
      if (this.pumps.get(track.leg) === pump) this.pumps.delete(track.leg);
    };
  }

  trouble(leg: number): Pump['trouble'] {
    return this.pumps.get(leg)?.why(this.clock.time) ?? null;
  }

  silent(leg: number): boolean {
    return this.pumps.get(leg)?.silent(this.clock.time) ?? false;
  }

  /** Takes the mix as what is heard, once the bridge has made it. */
  offer(made: Companions): void {
    const { mix, mixIndex } = made;
    if (this.mix !== null || this.refused || !mix.done || mixIndex === undefined) return;
    const { id } = this.detail;
    const shelf = new IndexShelf({ ...mixIndex, key: '' }, async (block) => fetchMixBlock(id, block), true, () => undefined, false);
    this.mix = { shelf, track: { leg: 1, screen: false, codec: 'opus', type: mix.type, from: 0, to: mix.to, bytes: mix.bytes } };
    this.tell();
  }

  listenTo(sound: Sound): void {
    this.sound = sound;
    this.tell();
  }

  private wanted(time: number): Map<number, Track> {
    if (this.sound === 'mix' && this.mix) return new Map([[mixLeg, this.mix.track]]);
    const only = typeof this.sound === 'object' ? this.sound.point : undefined;
    return new Map(voicesAt(this.detail, time, only).map((track) => [track.leg, track]));
  }

  private listen(time: number): void {
    if (this.voices.get(mixLeg)?.trouble === 'codec') [this.mix, this.refused] = [null, true];
    const wanted = this.wanted(time);
    for (const [leg, pump] of this.voices) {
      if (wanted.has(leg)) continue;
      pump.close();
      this.voices.delete(leg);
    }
    for (const [leg, track] of wanted) {
      if (!this.voices.has(leg)) this.voices.set(leg, leg === mixLeg ? this.mixPump(track) : this.pump(track, new Audio()));
    }
  }

  private mixPump(track: Track): Pump {
    const shelf = this.mix?.shelf ?? this.shelf;
    return new Pump(track, new Audio(), shelf, async (_leg, from, to) => fetchMix(this.detail.id, from, to), this.detail.length, this.clock.time, true);
  }

  private step(): void {
    if (this.clock.running) this.clock.slew(this.voices.get(mixLeg)?.lead(this.clock.time, this.clock.rate) ?? 0);
    const time = this.clock.time;
    this.listen(time);
    const all = [...this.pumps.values(), ...this.voices.values()];
    for (const pump of all) {
      pump.element.muted = this.muted || pump.element instanceof HTMLVideoElement;
      pump.follow(time, this.clock.rate, this.clock.running);
    }
    if (time >= this.detail.length && this.playing && !this.detail.running) this.pause();
    this.stopAtCut(time);
    this.hold(time, all);
    if (++this.steps % stepsSeen === 0) this.tell();
  }

  /** Play that came from within a cut stops at its end; play on from there goes on. */
  private stopAtCut(time: number): void {
    const end = this.cut?.to;
    if (end !== undefined && this.playing && this.clock.running && this.before < end && time >= end && time - end < 1_000) this.pause();
    this.before = time;
  }

  /** Marks a stretch; null takes the mark away. What is too short is none. */
  mark(cut: Cut | null): void {
    this.cut = cut && cut.to - cut.from >= shortestCutMs ? cut : null;
    this.tell();
  }

  /** Begins or ends the cut at this second. */
  markHere(edge: 'from' | 'to'): void {
    const time = Math.round(this.clock.time / 100) * 100;
    const { from, to } = this.cut ?? { from: 0, to: this.detail.length };
    this.mark(edge === 'from' ? { from: time, to: to > time ? to : this.detail.length } : { from: from < time ? from : 0, to: time });
  }

  /** Stops the clock while something that should be seen or heard is not there, but not for ever. */
  private hold(time: number, all: readonly Pump[]): void {
    if (!this.playing) {
      this.patience.anew(false);
      return;
    }
    const late = all.filter((pump) => !pump.ready(time)).length;
    const then = this.patience.next({
      running: this.clock.running,
      late: late > 0,
      nothing: all.length > 0 && late === all.length,
      unheard: this.leading(time)?.dry(time) ?? false,
    });
    if (then === 'stop') this.clock.stop();
    else if (then === 'start') this.clock.start();
  }

  /** The sound that words are lost with: the mix, or that of the point that speaks. */
  private leading(time: number): Pump | undefined {
    const speaker = speakerAt(this.detail, time);
    return this.voices.get(mixLeg) ?? [...this.voices.values()].find((pump) => pump.track.point === speaker);
  }

  play(): void {
    if (this.clock.time >= this.detail.length - 100) this.clock.seek(this.detail.running ? this.detail.length - liveLagMs : this.opening);
    this.playing = true;
    this.tell();
  }

  pause(): void {
    this.playing = false;
    this.clock.stop();
    this.tell();
  }

  toggle(): void {
    if (this.playing) this.pause();
    else this.play();
  }

  /** Jumps: the clock stands until the tracks are there. */
  seek(time: number): void {
    this.clock.stop();
    this.clock.seek(Math.max(time, this.first));
    this.patience.anew(this.playing);
    for (const pump of [...this.pumps.values(), ...this.voices.values()]) {
      pump.jumped();
      pump.follow(this.clock.time, this.clock.rate, false);
    }
    this.tell();
  }

  skip(ms: number): void {
    this.seek(this.clock.time + ms);
  }

  /** One picture on or back. */
  frame(by: 1 | -1): void {
    this.pause();
    this.seek(this.clock.time + by * frameMs);
  }

  setRate(rate: number): void {
    this.clock.setRate(rate);
    this.tell();
  }

  faster(by: 1 | -1): void {
    const at = rates.findIndex((each) => each >= this.clock.rate);
    this.setRate(rates[Math.min(Math.max(at + by, 0), rates.length - 1)] ?? 1);
  }

  setMuted(muted: boolean): void {
    this.muted = muted;
    this.tell();
  }

  /** How far each track is from the clock, in milliseconds: for measurements. */
  errors(): { readonly leg: number; readonly kind: string; readonly error: number; readonly ready: boolean }[] {
    const time = this.clock.time;
    return [...this.pumps.values(), ...this.voices.values()].map((pump) => ({
      leg: pump.track.leg,
      kind: pump.track.type.slice(0, 5),
      error: pump.element.currentTime * 1000 - time,
      ready: pump.ready(time) && !pump.silent(time) && pump.trouble === null,
    }));
  }

  close(): void {
    clearInterval(this.timer);
    for (const pump of [...this.pumps.values(), ...this.voices.values()]) pump.close();
    this.pumps.clear();
    this.voices.clear();
  }
}
