import { Checkbox } from '@mantine/core';
import { useHotkeys } from '@mantine/hooks';
import { useEffect, useRef, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { Icon } from '../../app/icons';
import { loadPresets, presetCount, savePresets, withPreset } from '../../device/presets';
import { aimAt, aimOf, nudged, type Aim, type Axis, type Reach } from '../../device/ptz';
import panel from '../../parts/ChatPanel.module.css';
import classes from './CameraPanel.module.css';

interface CameraPanelProps {
  readonly track: MediaStreamTrack;
  readonly reach: Reach;
  readonly onClose: () => void;
}

const moves = [
  ['up', 'tilt', 1, '↑'],
  ['left', 'pan', -1, '←'],
  ['right', 'pan', 1, '→'],
  ['down', 'tilt', -1, '↓'],
  ['in', 'zoom', 1, '+'],
  ['out', 'zoom', -1, '−'],
] as const satisfies readonly (readonly [string, Axis, 1 | -1, string])[];

/** Turns and zooms the room's camera, and brings it to places that were kept: one press or one figure key each. */
export function CameraPanel({ track, reach, onClose }: CameraPanelProps) {
  const { t } = useTranslation();
  const camera = track.label;
  const [presets, setPresets] = useState(() => loadPresets(camera));
  const [saving, setSaving] = useState(false);
  const [failed, setFailed] = useState(false);
  const go = (aim: Aim) => void aimAt(track, aim).then(() => setFailed(false), () => setFailed(true));
  const press = (place: number) => {
    if (saving) {
      const kept = withPreset(presets, place, aimOf(track));
      setPresets(kept);
      savePresets(camera, kept);
      setSaving(false);
      return;
    }
    const aim = presets[place];
    if (aim) go(aim);
  };
  useHotkeys(Array.from({ length: presetCount }, (_, place) => [String(place + 1), () => press(place)]));
  return (
    <aside className={panel.panel} aria-label={t('camera.title')} data-testid="camera-panel">
      <header className={panel.head}>
        <h2>{t('camera.title')}</h2>
        <button type="button" onClick={onClose} aria-label={t('app.close')}>
          <Icon name="close" size={22} />
        </button>
      </header>
      <div className={classes.body}>
        <OwnPicture track={track} />
        <div className={classes.pad}>
          {moves.map(([name, axis, way, sign]) => (
            <button key={name} type="button" className={classes.button} style={{ gridArea: name }} disabled={!reach[axis]} aria-label={t(`camera.${name}`)} onClick={() => go(nudged(reach, aimOf(track), axis, way))}>
              {sign}
            </button>
          ))}
        </div>
        <div className={classes.presets} role="group" aria-label={t('camera.presets')}>
          {presets.map((aim, place) => (
            // A preset is its place.
            // oxlint-disable-next-line react/no-array-index-key
            <button key={place} type="button" className={classes.button} data-saving={saving} disabled={!saving && aim === null} aria-keyshortcuts={String(place + 1)} aria-label={t(saving ? 'camera.keepAs' : 'camera.goTo', { number: place + 1 })} onClick={() => press(place)}>
              {place + 1}
            </button>
          ))}
        </div>
        <Checkbox label={t('camera.keep')} checked={saving} onChange={(event) => setSaving(event.currentTarget.checked)} />
        <p className={classes.word} role={failed ? 'alert' : undefined}>
          {t(failed ? 'camera.failed' : 'camera.hint')}
        </p>
      </div>
    </aside>
  );
}

function OwnPicture({ track }: { readonly track: MediaStreamTrack }) {
  const video = useRef<HTMLVideoElement>(null);
  useEffect(() => {
    if (video.current) video.current.srcObject = new MediaStream([track]);
  }, [track]);
  return <video ref={video} className={classes.picture} muted playsInline autoPlay />;
}
