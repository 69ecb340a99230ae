import type { MicWord } from './room-view';

/** What is wrong in a room, as far as its own machine can tell: no DOM, no media, no language. */

export type Fault = 'picture' | 'sound' | 'line';

export interface RoomCheckFacts {
  readonly connected: boolean;
  readonly line: 'good' | 'fair' | 'weak' | 'audioOnly' | 'lost' | 'unknown';
  readonly cameraOn: boolean;
  /** The camera gives a picture. */
  readonly picture: boolean;
  readonly cameras: number;
  readonly pictures: number;
  readonly mics: number;
  readonly speakers: number;
  readonly micWord: MicWord;
  /** The room's own voice was heard at the bridge a moment ago. */
  readonly heard: boolean;
  readonly sounds: number;
  readonly soundBlocked: boolean;
}

export interface Check {
  readonly what: 'camera' | 'cameraOn' | 'ownPicture' | 'pictures' | 'speaker' | 'blocked' | 'sounds' | 'mic' | 'turn' | 'heard' | 'connected' | 'quality';
  /** Null: it cannot be told now. */
  readonly good: boolean | null;
}

/** The checks of a fault, in the order in which somebody would make them. */
export function roomChecks(fault: Fault, facts: RoomCheckFacts): readonly Check[] {
  const open = facts.micWord === 'speaking' || facts.micWord === 'open';
  const connected: Check = { what: 'connected', good: facts.connected };
  switch (fault) {
    case 'picture':
      return [
        connected,
        { what: 'camera', good: facts.cameras > 0 },
        { what: 'cameraOn', good: facts.cameraOn },
        { what: 'ownPicture', good: facts.cameraOn ? facts.picture : null },
        { what: 'pictures', good: facts.connected ? facts.pictures > 0 : null },
      ];
    case 'sound':
      return [
        connected,
        { what: 'speaker', good: facts.speakers > 0 },
        { what: 'blocked', good: !facts.soundBlocked },
        { what: 'sounds', good: facts.connected ? facts.sounds > 0 : null },
        { what: 'mic', good: facts.mics > 0 },
        // A closed microphone is the rule, not a fault, for who was not invited.
        { what: 'turn', good: open ? true : null },
        { what: 'heard', good: open ? facts.heard : null },
      ];
    case 'line':
      return [connected, { what: 'quality', good: facts.connected ? facts.line === 'good' || facts.line === 'fair' : false }];
  }
}
