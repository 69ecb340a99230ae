import { useEffect, useRef, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { openMeter } from '../../device/meter';
import classes from './MicLevel.module.css';

const heardFrom = 0.35;

/** The bar is moved outside React: sixty renders a second would cost a commune's old machine its picture. */
export function MicLevel({ track, on }: { readonly track: MediaStreamTrack | null; readonly on: boolean }) {
  const { t } = useTranslation();
  const bar = useRef<HTMLDivElement>(null);
  const [heard, setHeard] = useState(false);
  useEffect(() => {
    if (!track) return undefined;
    const drawn = bar.current;
    const meter = openMeter(track);
    let shown = 0;
    let frame = requestAnimationFrame(function draw() {
      const level = meter.read();
      shown = Math.max(level, shown * 0.94);
      drawn?.style.setProperty('--level', shown.toFixed(3));
      drawn?.setAttribute('aria-valuenow', String(Math.round(shown * 100)));
      if (level > heardFrom) setHeard(true);
      frame = requestAnimationFrame(draw);
    });
    return () => {
      cancelAnimationFrame(frame);
      meter.close();
      drawn?.style.setProperty('--level', '0');
    };
  }, [track]);
  return (
    <div className={classes.box}>
      <div
        ref={bar}
        className={classes.bar}
        role="meter"
        aria-label={t('join.micLevel')}
        aria-valuemin={0}
        aria-valuemax={100}
        aria-valuenow={0}
      />
      <p className={classes.text}>{on ? (heard ? t('join.micHeard') : t('join.micSilent')) : t('join.micOffHint')}</p>
    </div>
  );
}
