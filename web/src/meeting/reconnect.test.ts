import { DisconnectReason } from 'livekit-client';
import { describe, expect, it } from 'vitest';
import { Problem } from '../api/problem';
import { endingOf, PatientReconnectPolicy, retryDelay } from './reconnect';
import { delayAfter } from './delay';

describe('CON-12 reconnecting', () => {
  it('starts at once', () => {
    expect(retryDelay(0, 0, () => 0)).toBe(0);
    expect(retryDelay(0, 0, () => 1)).toBeLessThanOrEqual(150);
  });

  it('tries at least once a second for ten seconds', () => {
    for (let elapsed = 0; elapsed < 10_000; elapsed += 500) {
      expect(retryDelay(3, elapsed, () => 0)).toBeGreaterThan(0);
      expect(retryDelay(3, elapsed, () => 1)).toBeLessThanOrEqual(1_000);
    }
  });

  it('never waits longer than five seconds and never gives up', () => {
    const policy = new PatientReconnectPolicy(() => 1);
    for (const elapsedMs of [10_000, 60_000, 3_600_000, 86_400_000]) {
      const delay = policy.nextRetryDelayInMs({ elapsedMs, retryCount: 10_000 });
      expect(delay).toBeGreaterThan(0);
      expect(delay).toBeLessThanOrEqual(5_000);
    }
  });

  it('spreads a hundred points that were cut off together', () => {
    const delays = new Set(Array.from({ length: 100 }, (_, index) => retryDelay(9, 60_000, () => index / 100)));
    expect(delays.size).toBe(100);
  });

  it('waits as long as the bridge asks, and long after a refusal', () => {
    expect(delayAfter(new Problem('too_many_attempts', 429, 30), 3, 0)).toBe(30_000);
    expect(delayAfter(new Problem('unknown_room', 404), 3, 0)).toBeGreaterThanOrEqual(10_000);
    expect(delayAfter(new Problem('unreachable'), 3, 0)).toBeLessThanOrEqual(1_000);
    expect(delayAfter(null, 0, 0)).toBeLessThanOrEqual(150);
  });
});

describe('the end of a meeting', () => {
  it('comes only by an explicit word', () => {
    expect(endingOf(DisconnectReason.CLIENT_INITIATED)).toBe('left');
    expect(endingOf(DisconnectReason.DUPLICATE_IDENTITY)).toBe('elsewhere');
    expect(endingOf(DisconnectReason.PARTICIPANT_REMOVED)).toBe('removed');
    expect(endingOf(DisconnectReason.ROOM_DELETED)).toBe('closed');
    const others = [
      undefined,
      DisconnectReason.UNKNOWN_REASON,
      DisconnectReason.SERVER_SHUTDOWN,
      DisconnectReason.STATE_MISMATCH,
      DisconnectReason.JOIN_FAILURE,
      DisconnectReason.SIGNAL_CLOSE,
      DisconnectReason.CONNECTION_TIMEOUT,
      DisconnectReason.MEDIA_FAILURE,
      DisconnectReason.MIGRATION,
    ];
    for (const reason of others) expect(endingOf(reason)).toBeNull();
  });
});
