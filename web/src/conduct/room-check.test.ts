import { describe, expect, it } from 'vitest';
import { roomChecks, type RoomCheckFacts } from './room-check';

const well: RoomCheckFacts = { connected: true, line: 'good', cameraOn: true, picture: true, cameras: 1, pictures: 3, mics: 1, speakers: 1, micWord: 'speaking', heard: true, sounds: 2, soundBlocked: false };
const bad = (fault: Parameters<typeof roomChecks>[0], change: Partial<RoomCheckFacts>) => roomChecks(fault, { ...well, ...change }).filter((check) => check.good === false).map((check) => check.what);

describe('the help of a room looks itself', () => {
  it('finds nothing where all is well', () => {
    for (const fault of ['picture', 'sound', 'line'] as const) expect(bad(fault, {})).toEqual([]);
  });

  it('names what is wrong', () => {
    expect(bad('picture', { cameras: 0, cameraOn: false })).toEqual(['camera', 'cameraOn']);
    expect(bad('picture', { picture: false })).toEqual(['ownPicture']);
    expect(bad('sound', { soundBlocked: true, heard: false })).toEqual(['blocked', 'heard']);
    expect(bad('line', { line: 'audioOnly' })).toEqual(['quality']);
    expect(bad('line', { connected: false })).toEqual(['connected', 'quality']);
  });

  it('CON-02 calls a microphone that is closed by the rule no fault', () => {
    expect(bad('sound', { micWord: 'off', heard: false })).toEqual([]);
  });
});
