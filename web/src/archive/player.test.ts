import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import type { Companions, Detail, Track } from './desk';
import { Player } from './player';
import type { Trouble } from './pump';

/** A track of which the test says how it is. */
const Stub = vi.hoisted(() => class Told {
  static all: Told[] = [];
  trouble: Trouble | null = null;
  lacking: Trouble | null = null;
  closed = false;
  constructor(public track: Track, readonly element: HTMLMediaElement) {
    Told.all.push(this);
  }
  ready = (): boolean => true;
  dry = (): boolean => false;
  silent = (): boolean => false;
  why = (): Trouble | null => this.trouble ?? this.lacking;
  lead = (): number => 0;
  follow = (): void => undefined;
  jumped = (): void => undefined;
  renew = (): void => undefined;
  close = (): void => void (this.closed = true);
});

vi.mock('./pump', () => ({ Pump: Stub }));

const voice = (leg: number): Track => ({ leg, screen: false, codec: 'opus', type: 'audio/webm; codecs="opus"', point: 'A', from: 0, to: 60_000, bytes: 0 });
const detail = { id: 'r', length: 60_000, running: false, encrypted: false, index: { records: 0, blocks: [], key: '' }, tracks: [voice(1)], events: [], speeches: [], voices: [] } as unknown as Detail;
const made = { mix: { done: true, to: 60_000, bytes: 1, type: 'audio/webm; codecs="opus"' }, mixIndex: { records: 0, blocks: [], key: '' } } as unknown as Companions;

describe('what is heard', () => {
  beforeEach(() => {
    vi.useFakeTimers();
    vi.stubGlobal('HTMLVideoElement', class { muted = false; });
    vi.stubGlobal('Audio', class { muted = false; });
    Stub.all = [];
  });
  afterEach(() => {
    vi.unstubAllGlobals();
    vi.useRealTimers();
  });

  it('P9 tells that the sound is left out, and is the voices where the mix cannot be decoded', () => {
    const player = new Player(detail, 1_000);
    player.offer(made);
    vi.advanceTimersByTime(200);
    const [mix] = Stub.all;
    expect([Stub.all.length, player.snapshot().sound, player.snapshot().unheard]).toEqual([1, 'mix', null]);
    if (mix) mix.lacking = 'media';
    vi.advanceTimersByTime(200);
    expect(player.snapshot().unheard).toBe('media');
    if (mix) mix.trouble = 'codec';
    vi.advanceTimersByTime(200);
    player.offer(made); // as each time that companions are asked for
    vi.advanceTimersByTime(200);
    expect([mix?.closed, Stub.all.length, Stub.all.at(-1)?.track.leg]).toEqual([true, 2, 1]);
    const { sound, mixed, unheard } = player.snapshot();
    expect([sound, mixed, unheard]).toEqual(['voices', false, null]);
    player.close();
  });
});
