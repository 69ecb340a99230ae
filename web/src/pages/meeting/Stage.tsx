import { useElementSize } from '@mantine/hooks';
import { useEffect } from 'react';
import { useTranslation } from 'react-i18next';
import type { Rect } from '../../meeting/geometry';
import type { Layout } from '../../meeting/layout';
import { centralLayout, paperTile } from '../../meeting/central';
import { arrange, placeTiles, type Screen } from '../../meeting/screen';
import { pointTile } from '../../meeting/snapshot';
import type { MeetingState } from '../../meeting/state';
import { PaperTile, type PaperStage } from '../room/PaperTile';
import classes from './Stage.module.css';
import { Tile } from './Tile';

interface StageProps {
  readonly state: MeetingState;
  readonly screen: Screen;
  readonly onPages: (pages: number) => void;
  readonly onTurn: (by: 1 | -1) => void;
  /** Content is shown in a window of its own. */
  readonly contentElsewhere?: boolean;
  /** What is needed to show the paper that everybody reads, and to point at what is shown. */
  readonly paper?: Omit<PaperStage, 'presented'>;
}

function layoutOf(state: MeetingState, screen: Screen, area: Rect, contentElsewhere: boolean) {
  if (state.conduct) {
    const points = state.room.points.map((tile) => tile.id);
    const contents = state.room.contents.map((tile) => tile.id);
    const layout = centralLayout(state.conduct.screen, { points, contents, contentElsewhere });
    return { layout, placed: placeTiles(layout, area) };
  }
  return arrange(
    {
      wish: screen.wish,
      page: screen.page,
      points: state.room.points.map((tile) => tile.id),
      own: state.room.points.find((tile) => tile.point.own)?.id ?? '',
      contents: state.room.contents.map((tile) => tile.id),
      speaker: state.speaker === null ? null : pointTile(state.speaker),
    },
    area,
  );
}

export function Stage({ state, screen, onPages, onTurn, contentElsewhere = false, paper }: StageProps) {
  const { t } = useTranslation();
  const { ref, width, height } = useElementSize();
  const tiles = new Map([...state.room.contents, ...state.room.points].map((tile) => [tile.id, tile]));
  const { layout, placed } = layoutOf(state, screen, { x: 0, y: 0, width, height }, contentElsewhere);
  const presented = state.conduct?.screen.paper;
  const pages = layout.kind === 'grid' ? layout.pages : 1;
  useEffect(() => onPages(pages), [pages, onPages]);
  const more = layout.kind === 'grid' ? 0 : layout.more;
  return (
    <main className={classes.stage} data-layout={layout.kind} aria-label={t('meeting.stage')}>
      <div ref={ref} className={classes.area}>
        {state.phase.kind === 'connecting' && <p className={classes.word}>{t('meeting.connecting')}</p>}
        {tiles.size > 0 &&
          placed.map(({ id, role, rect }) => {
            if (id === paperTile) return presented && paper && <PaperTile key={id} {...paper} presented={presented} rect={rect} />;
            const tile = tiles.get(id);
            return (
              tile && (
                <Tile key={id} tile={tile} role={role} rect={rect} wholeScreen={state.sharingWholeScreen && tile.point.own} {...(paper ? { pointer: paper.pointer, mayPoint: paper.mayPresent } : {})} />
              )
            );
          })}
      </div>
      {state.room.points.length === 1 && !state.conduct && <p className={classes.note}>{t('meeting.waiting')}</p>}
      {more > 0 && <p className={classes.note}>{t('meeting.more', { count: more })}</p>}
      {layout.kind === 'grid' && layout.pages > 1 && <Pages layout={layout} onTurn={onTurn} />}
    </main>
  );
}

interface PagesProps {
  readonly layout: Extract<Layout, { kind: 'grid' }>;
  readonly onTurn: (by: 1 | -1) => void;
}

function Pages({ layout, onTurn }: PagesProps) {
  const { t } = useTranslation();
  return (
    <nav className={classes.pages}>
      <button type="button" disabled={layout.page === 0} onClick={() => onTurn(-1)}>
        ‹ {t('meeting.pageBack')}
      </button>
      {t('meeting.page', { page: layout.page + 1, pages: layout.pages })}
      <button type="button" disabled={layout.page === layout.pages - 1} onClick={() => onTurn(1)}>
        {t('meeting.pageOn')} ›
      </button>
    </nav>
  );
}
