import { useEffect, useRef } from 'react';
import { useTranslation } from 'react-i18next';
import { Icon } from '../../app/icons';
import { useStore } from '../../app/use-store';
import type { DeviceRig, Input } from '../../device/rig';
import { DeviceHelp } from './DeviceHelp';
import { MicLevel } from './MicLevel';
import classes from './Preview.module.css';

/** The picture of this point with the switches for camera and microphone, and help when one of them fails. */
export function Preview({ rig, pointName }: { readonly rig: DeviceRig; readonly pointName: string }) {
  const { t } = useTranslation();
  const { camera, mic, choices } = useStore(rig.state);
  const video = useRef<HTMLVideoElement>(null);
  const micTrack = mic.status === 'live' ? mic.track.mediaStreamTrack : null;
  const track = camera.status === 'live' ? camera.track : null;
  useEffect(() => {
    const element = video.current;
    if (!element || !track) return undefined;
    track.attach(element);
    return () => void track.detach(element);
  }, [track]);
  return (
    <section className={classes.box} aria-label={t('join.preview')}>
      {camera.status === 'failed' ? (
        <Help camera={camera} mic={mic} onRetry={() => rig.retry()} />
      ) : (
      <div className={classes.picture}>
        {track ? (
          <video ref={video} className={classes.video} muted playsInline autoPlay data-testid="preview" />
        ) : (
          <p className={classes.empty}>
            <Icon name="cameraOff" size={40} />
            {emptyText(camera, t('join.cameraStarting'), t('join.cameraOffHint'))}
          </p>
        )}
        {pointName !== '' && <p className={classes.plate}>{pointName}</p>}
      </div>
      )}
      <div className={classes.controls}>
        <Toggle
          on={choices.micOn}
          icon={choices.micOn ? 'mic' : 'micOff'}
          label={choices.micOn ? t('control.micOff') : t('control.micOn')}
          onClick={() => rig.choose({ micOn: !choices.micOn })}
        />
        <Toggle
          on={choices.cameraOn}
          icon={choices.cameraOn ? 'camera' : 'cameraOff'}
          label={choices.cameraOn ? t('control.cameraOff') : t('control.cameraOn')}
          onClick={() => rig.choose({ cameraOn: !choices.cameraOn })}
        />
        <MicLevel key={micTrack?.id ?? 'none'} track={micTrack} on={choices.micOn && mic.status !== 'failed'} />
      </div>
      {camera.status !== 'failed' && <Help camera={camera} mic={mic} onRetry={() => rig.retry()} />}
    </section>
  );
}

function emptyText(camera: Input<unknown>, starting: string, off: string): string {
  return camera.status === 'starting' ? starting : off;
}

interface HelpProps {
  readonly camera: Input<unknown>;
  readonly mic: Input<unknown>;
  readonly onRetry: () => void;
}

function Help({ camera, mic, onRetry }: HelpProps) {
  if (camera.status !== 'failed' && mic.status !== 'failed') return null;
  const cameraTrouble = camera.status === 'failed' ? camera.trouble : null;
  const micTrouble = mic.status === 'failed' ? mic.trouble : null;
  return (
    <div className={classes.help}>
      {cameraTrouble !== null && (
        <DeviceHelp devices={cameraTrouble === micTrouble ? ['camera', 'mic'] : ['camera']} trouble={cameraTrouble} onRetry={onRetry} />
      )}
      {micTrouble !== null && micTrouble !== cameraTrouble && (
        <DeviceHelp devices={['mic']} trouble={micTrouble} onRetry={onRetry} />
      )}
    </div>
  );
}

interface ToggleProps {
  readonly on: boolean;
  readonly icon: 'mic' | 'micOff' | 'camera' | 'cameraOff';
  readonly label: string;
  readonly onClick: () => void;
}

function Toggle({ on, icon, label, onClick }: ToggleProps) {
  return (
    <button type="button" className={classes.toggle} data-on={on} onClick={onClick}>
      <Icon name={icon} />
      {label}
    </button>
  );
}
