import { ConnectionQuality } from 'livekit-client';

/** Line quality as people are told it: Tốt, Trung bình, Yếu, Chỉ còn tiếng, Mất tín hiệu. */
export type LineQuality = 'good' | 'fair' | 'weak' | 'audioOnly' | 'lost' | 'unknown';

export interface LineFacts {
  readonly quality: ConnectionQuality;
  /** The camera is on, and the bridge holds its picture back because the line is too thin. */
  readonly pictureHeldBack: boolean;
  readonly hearable: boolean;
}

export function lineQuality({ quality, pictureHeldBack, hearable }: LineFacts): LineQuality {
  if (quality === ConnectionQuality.Lost) return 'lost';
  if (pictureHeldBack && hearable) return 'audioOnly';
  if (pictureHeldBack) return 'weak';
  switch (quality) {
    case ConnectionQuality.Excellent:
      return 'good';
    case ConnectionQuality.Good:
      return 'fair';
    case ConnectionQuality.Poor:
      return 'weak';
    default:
      return 'unknown';
  }
}
