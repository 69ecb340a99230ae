/** Why a camera, microphone or screen cannot be used, as the help texts know it. */
export type MediaTrouble = 'denied' | 'missing' | 'busy' | 'insecure' | 'taken' | 'unknown';

export function mediaTrouble(error: unknown): MediaTrouble {
  const name = typeof error === 'object' && error !== null && 'name' in error ? String(error.name) : '';
  switch (name) {
    case 'NotAllowedError':
    case 'PermissionDeniedError':
      return 'denied';
    case 'NotFoundError':
    case 'DevicesNotFoundError':
    case 'OverconstrainedError':
      return 'missing';
    case 'NotReadableError':
    case 'TrackStartError':
    case 'AbortError':
      return 'busy';
    case 'SecurityError':
      return 'insecure';
    default:
      return 'unknown';
  }
}

/** Browsers whose permission settings are found in different places. */
export type BrowserName = 'chrome' | 'edge' | 'firefox' | 'safari';

export function browserName(userAgent: string): BrowserName {
  if (/Edg\//.test(userAgent)) return 'edge';
  if (/Firefox\//.test(userAgent)) return 'firefox';
  if (/Chrome\/|Chromium\/|CriOS\//.test(userAgent)) return 'chrome';
  return /Safari\//.test(userAgent) ? 'safari' : 'chrome';
}
