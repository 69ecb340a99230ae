import { useEffect, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { useStore } from '../../app/use-store';
import { roomChecks, type Fault } from '../../conduct/room-check';
import type { MicWord } from '../../conduct/room-view';
import { DeviceList } from '../../device/list';
import type { MeetingState } from '../../meeting/state';
import classes from './RoomChecks.module.css';

interface RoomChecksProps {
  readonly fault: Fault;
  readonly state: MeetingState;
  readonly micWord: MicWord;
}

/** What this machine finds of a fault by itself, as it is now: devices, picture, sound, line. */
export function RoomChecks({ fault, state, micWord }: RoomChecksProps) {
  const { t } = useTranslation();
  const [list] = useState(() => new DeviceList());
  useEffect(() => {
    list.open();
    return () => list.close();
  }, [list]);
  const devices = useStore(list.state);
  const own = state.room.points.find((tile) => tile.point.own);
  const checks = roomChecks(fault, {
    connected: state.phase.kind === 'live',
    line: own?.point.line ?? 'unknown',
    cameraOn: state.camera,
    picture: own?.track?.mediaStreamTrack.readyState === 'live' && !own.track.mediaStreamTrack.muted,
    cameras: devices.cameras.length,
    pictures: state.room.points.filter((tile) => !tile.point.own && tile.track).length,
    mics: devices.mics.length,
    // Some browsers name no loudspeaker: then there is nothing to be told of it.
    speakers: Math.max(devices.speakers.length, 'setSinkId' in HTMLMediaElement.prototype ? 0 : 1),
    micWord,
    heard: own?.point.speaking ?? false,
    sounds: state.room.sounds.length,
    soundBlocked: state.room.audioBlocked,
  });
  return (
    <ul className={classes.checks} data-testid="checks">
      {checks.map(({ what, good }) => (
        <li key={what} data-good={String(good)}>
          <span aria-hidden="true">{good === null ? '–' : good ? '✓' : '✗'}</span>
          {t(`check.${what}.${good === null ? 'none' : good ? 'good' : 'bad'}`)}
        </li>
      ))}
    </ul>
  );
}
