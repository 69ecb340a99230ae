import { memo, useEffect, useRef, useState, type RefObject } from 'react';
import type { Track } from 'livekit-client';
import { useTranslation } from 'react-i18next';
import { Icon } from '../../app/icons';
import { showsWhole, type Rect } from '../../meeting/geometry';
import { contained } from '../../conduct/pointer';
import type { Pointer } from '../../meeting/pointer';
import { PointerLayer } from '../../papers/PointerLayer';
import type { TileRole } from '../../meeting/screen';
import type { TileView } from '../../meeting/snapshot';
import { LineWord } from './LineWord';
import classes from './Tile.module.css';

interface TileProps {
  readonly tile: TileView;
  readonly role: TileRole;
  readonly rect: Rect;
  /** This tile is the screen it would be drawn on. */
  readonly wholeScreen: boolean;
  readonly pointer?: Pointer;
  readonly mayPoint?: boolean;
}

function sameTile(a: TileProps, b: TileProps): boolean {
  const sameRect = a.rect.x === b.rect.x && a.rect.y === b.rect.y && a.rect.width === b.rect.width && a.rect.height === b.rect.height;
  return a.tile === b.tile && a.role === b.role && a.wholeScreen === b.wholeScreen && a.mayPoint === b.mayPoint && sameRect;
}

export const Tile = memo(function Tile({ tile, role, rect, wholeScreen, pointer, mayPoint = false }: TileProps) {
  const { t } = useTranslation();
  const { point, kind, track } = tile;
  const content = kind === 'content';
  const name = point.own ? t('meeting.own', { name: point.name }) : point.name;
  const hidden = content && wholeScreen;
  // A picture that the line is too thin for stays in its place under the words: one that is taken away is asked for by nobody, and would not come back.
  const heldBack = !content && point.line === 'audioOnly';
  return (
    <figure
      className={classes.tile}
      data-testid={content ? 'content' : 'point'}
      data-identity={point.identity}
      data-role={role}
      data-speaking={!content && point.speaking}
      style={{ left: rect.x, top: rect.y, width: rect.width, height: rect.height }}
    >
      {track && !hidden ? (
        <Picture track={track} whole={content} rect={rect}>
          {content && pointer ? (box) => <PointerLayer pointer={pointer} mayPoint={mayPoint} box={box} /> : null}
        </Picture>
      ) : null}
      {(!track || hidden || heldBack) && <Empty tile={tile} hidden={hidden} />}
      <figcaption className={classes.plate}>
        {content ? (
          <span className={classes.name}>{t('meeting.content', { name: point.name })}</span>
        ) : (
          <>
            <MicSign on={point.mic} />
            {point.guest && (
              <span className={classes.guest} data-testid="guest-badge">
                {t('meeting.guest')}
              </span>
            )}
            <span className={classes.name}>{point.guest && point.unit !== '' ? `${name} (${point.unit})` : name}</span>
            <span className={classes.line}>
              <LineWord line={point.line} />
            </span>
          </>
        )}
      </figcaption>
    </figure>
  );
}, sameTile);

function MicSign({ on }: { readonly on: boolean }) {
  const { t } = useTranslation();
  if (on) return null;
  return (
    <span className={classes.mic} role="img" aria-label={t('meeting.micOff')} title={t('meeting.micOff')} data-testid="mic-off">
      <Icon name="micOff" size="1.05em" />
    </span>
  );
}

function Empty({ tile, hidden }: { readonly tile: TileView; readonly hidden: boolean }) {
  const { t } = useTranslation();
  const { point, kind } = tile;
  if (hidden || (kind === 'content' && point.own)) {
    return (
      <div className={classes.empty}>
        <Icon name="share" size="2.2em" />
        <strong>{t('meeting.ownContent')}</strong>
        <span>{t('meeting.ownContentHint')}</span>
      </div>
    );
  }
  if (kind === 'content') return <div className={classes.empty} />;
  return (
    <div className={classes.empty}>
      <strong>{point.name}</strong>
      <span>{point.line === 'audioOnly' ? t('line.audioOnly') : point.camera ? '' : t('meeting.cameraOff')}</span>
    </div>
  );
}

interface PictureProps {
  readonly track: Track;
  readonly whole: boolean;
  readonly rect: Rect;
  /** Drawn over the picture itself, not over the bars beside it. */
  readonly children: ((box: Rect) => React.ReactNode) | null;
}

/** A room sees itself as the others see it, with its banner the right way round: it is no mirror. */
function Picture({ track, whole, rect, children }: PictureProps) {
  const video = useRef<HTMLVideoElement>(null);
  useEffect(() => {
    const element = video.current;
    if (!element) return undefined;
    track.attach(element);
    return () => void track.detach(element);
  }, [track]);
  const [size, setSize] = useState({ width: 0, height: 0 });
  const box = useBox(video, children !== null);
  return (
    <>
      <video ref={video} className={classes.video} data-whole={whole || showsWhole(rect, size)} onResize={({ currentTarget }) => setSize({ width: currentTarget.videoWidth, height: currentTarget.videoHeight })} muted playsInline autoPlay />
      {box && children?.(box)}
    </>
  );
}

/** Where the picture lies in its element, as either changes its size. */
function useBox(video: RefObject<HTMLVideoElement | null>, wanted: boolean): Rect | null {
  const [box, setBox] = useState<Rect | null>(null);
  useEffect(() => {
    const element = video.current;
    if (!element || !wanted) return undefined;
    const measure = () =>
      setBox(contained({ width: element.clientWidth, height: element.clientHeight }, { width: element.videoWidth, height: element.videoHeight }));
    const watch = new ResizeObserver(measure);
    watch.observe(element);
    element.addEventListener('resize', measure);
    return () => {
      watch.disconnect();
      element.removeEventListener('resize', measure);
    };
  }, [video, wanted]);
  return box;
}
