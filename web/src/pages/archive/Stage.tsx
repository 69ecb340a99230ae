import { useEffect, useRef } from 'react';
import { useTranslation } from 'react-i18next';
import type { Track } from '../../archive/desk';
import { pointName, timeCode } from '../../archive/lanes';
import type { Player } from '../../archive/player';
import type { Trouble } from '../../archive/pump';
import { tilesAt, type Layout } from '../../archive/scene';
import classes from './Player.module.css';

interface StageProps {
  readonly player: Player;
  readonly time: number;
  readonly layout: Layout;
  readonly point: string | null;
  readonly waiting: boolean;
  /** Why what speaks cannot be heard now. */
  readonly unheard: Trouble | null;
  /** What is said now, as it was brought in a caption file. */
  readonly said: { readonly who?: string; readonly text: string } | undefined;
}

/** The pictures of a moment, large ones first. A tile stays the same element while its track is shown. */
export function Stage({ player, time, layout, point, waiting, unheard, said }: StageProps) {
  const { t } = useTranslation();
  const tiles = tilesAt(player.detail, time, layout, point);
  const large = tiles.filter((tile) => tile.large).length;
  const small = tiles.length - large;
  const columns = large > 0 ? 1 : Math.ceil(Math.sqrt(tiles.length));
  return (
    <div className={classes.stage} data-testid="stage" data-large={large} data-small={small > 0} style={{ '--columns': columns, '--rows': Math.max(1, Math.ceil(tiles.length / columns)), '--small': Math.max(small, 4) } as React.CSSProperties}>
      {tiles.length === 0 && <p className={classes.nothing}>{t('player.nobody')}</p>}
      {tiles.map((tile, i) => (
        <Tile key={tile.track.leg} player={player} track={tile.track} large={tile.large} order={i} time={time} />
      ))}
      <div className={classes.watermark} aria-hidden="true">
        {player.detail.viewer} · {timeCode(time)}
      </div>
      {said && (
        <p className={classes.said} data-testid="caption">
          {said.who !== undefined && said.who !== '' && <b>{said.who}: </b>}
          {said.text}
        </p>
      )}
      {(waiting || unheard !== null) && (
        <div className={classes.waiting} role="status">
          {unheard === null ? t('player.waiting') : t(`player.unheard.${unheard}`)}
        </div>
      )}
    </div>
  );
}

interface TileProps {
  readonly player: Player;
  readonly track: Track;
  readonly large: boolean;
  readonly order: number;
  readonly time: number;
}

function Tile({ player, track, large, order, time }: TileProps) {
  const { t } = useTranslation();
  const video = useRef<HTMLVideoElement>(null);
  // The track grows while it is recorded; it stays the same leg.
  // eslint-disable-next-line react-hooks/exhaustive-deps
  useEffect(() => (video.current ? player.show(track, video.current) : undefined), [player, track.leg]);
  const trouble = player.trouble(track.leg);
  const silent = player.silent(track.leg);
  const name = pointName(player.detail, track.point ?? '');
  return (
    <figure className={classes.tile} data-large={large} data-testid="replay-tile" data-point={track.point} data-screen={track.screen} style={{ order }}>
      <video ref={video} playsInline muted className={classes.video} data-hidden={silent || trouble !== null} data-time={Math.round(time)} />
      {(trouble !== null || silent) && <p className={classes.nothing}>{trouble === null ? t('player.noPicture') : t(`player.${trouble}`, { codec: track.codec })}</p>}
      <figcaption className={classes.caption}>{track.screen ? t('player.content', { name }) : name}</figcaption>
    </figure>
  );
}
