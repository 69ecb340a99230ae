import type { PointerEvent } from 'react';
import { useStore } from '../app/use-store';
import type { Pointer } from '../meeting/pointer';
import { Icon } from '../app/icons';
import classes from './PointerLayer.module.css';

interface PointerLayerProps {
  readonly pointer: Pointer;
  readonly mayPoint: boolean;
  /** Where the picture lies in the frame, in its pixels; the whole frame when left out. */
  readonly box?: { readonly x: number; readonly y: number; readonly width: number; readonly height: number };
}

const part = (value: number) => Math.min(1, Math.max(0, value));

/** Lies over what everybody sees: shows where the presenter points, and takes his pointing. */
export function PointerLayer({ pointer, mayPoint, box }: PointerLayerProps) {
  const view = useStore(pointer.view);
  const move = (event: PointerEvent<HTMLDivElement>) => {
    const area = event.currentTarget.getBoundingClientRect();
    pointer.point({ x: part((event.clientX - area.left) / area.width), y: part((event.clientY - area.top) / area.height) });
  };
  const events = mayPoint ? { onPointerMove: move, onPointerLeave: () => pointer.point(null) } : {};
  return (
    <div className={classes.layer} data-may={mayPoint || undefined} style={box ? { inset: 'auto', left: box.x, top: box.y, width: box.width, height: box.height } : undefined} {...events} data-testid="pointer-layer">
      {view && (
        <span className={classes.spot} style={{ left: `${view.spot.x * 100}%`, top: `${view.spot.y * 100}%` }} data-testid="pointer">
          <Icon name="pointer" size="1em" />
          <small>{view.name}</small>
        </span>
      )}
    </div>
  );
}
