import { DisconnectReason, type ReconnectContext, type ReconnectPolicy } from 'livekit-client';

const firstJitterMs = 120;
const quickPhaseMs = 10_000;
const longestDelayMs = 5_000;

/**
 * How long to wait before the next attempt, in milliseconds. The first goes at once (with a little jitter, so that a
 * hundred points cut off together do not come back in the same millisecond), then at most a second apart for ten
 * seconds, then slowly longer up to five seconds. There is no last attempt.
 */
export function retryDelay(retryCount: number, elapsedMs: number, random: () => number = Math.random): number {
  if (retryCount <= 0) return random() * firstJitterMs;
  if (elapsedMs < quickPhaseMs) return 250 + random() * 500;
  const longest = Math.min(longestDelayMs, 1_000 + (elapsedMs - quickPhaseMs) / 10);
  return longest * (0.6 + 0.4 * random());
}

/** livekit-client gives up after ten tries; a meeting room has nobody at the keyboard, so ours never does. */
export class PatientReconnectPolicy implements ReconnectPolicy {
  constructor(private readonly random: () => number = Math.random) {}

  nextRetryDelayInMs({ retryCount, elapsedMs }: ReconnectContext): number {
    return retryDelay(retryCount, elapsedMs, this.random);
  }
}

/** Why the meeting is over for this point. */
export type Ending = 'left' | 'elsewhere' | 'removed' | 'closed';

/** Only an explicit word ends the meeting for a point; after anything else it joins anew. */
export function endingOf(reason: DisconnectReason | undefined): Ending | null {
  switch (reason) {
    case DisconnectReason.CLIENT_INITIATED:
      return 'left';
    case DisconnectReason.DUPLICATE_IDENTITY:
      return 'elsewhere';
    case DisconnectReason.PARTICIPANT_REMOVED:
      return 'removed';
    case DisconnectReason.ROOM_DELETED:
    case DisconnectReason.ROOM_CLOSED:
      return 'closed';
    default:
      return null;
  }
}
