import { Button, Checkbox, SegmentedControl, Select, TextInput } from '@mantine/core';
import { useState, type ReactNode } from 'react';
import { useTranslation } from 'react-i18next';
import { holds, isOver, pointName } from '../../conduct/board';
import { layouts } from '../../conduct/state';
import { chooseRows, techRows, type PointFacts, type TechFilter } from '../../conduct/technician';
import { Held } from '../../parts/Held';
import { Panel } from '../../parts/Panel';
import { AwardPanel } from '../board/AwardPanel';
import { BoardShell } from '../board/BoardShell';
import type { BoardProps } from '../board/BoardRoute';
import { ScreenWords } from '../board/ScreenWords';
import { Incidents } from './Incidents';
import { OperationPapers } from './OperationPapers';
import { PointDesk, type Talk } from './PointDesk';
import { PointRows } from './PointRows';
import classes from './TechnicianBoard.module.css';

interface TechnicianBoardProps extends BoardProps {
  readonly facts: ReadonlyMap<string, PointFacts>;
  readonly preview: string | null;
  readonly onPreview: (point: string | null) => void;
  readonly picture: ReactNode;
  readonly talk: Talk;
}

/** All points on one page, worst first, and one of them off the air (CON-05, CON-15). */
export function TechnicianBoard({ board, now, act, stale = false, facts, preview, onPreview, picture, talk }: TechnicianBoardProps) {
  const { t } = useTranslation();
  const [filter, setFilter] = useState<TechFilter>({ order: 'worst', find: '', onlyAlarms: false });
  const [chosen, setChosen] = useState<string | null>(null);
  const rows = techRows(board, facts, now);
  const shown = chooseRows(rows, filter);
  const alarms = rows.filter((row) => row.alarms.length > 0).length;
  const may = board.you.seats.length > 0 && !isOver(board);
  const row = rows.find((each) => each.point === (chosen ?? preview));
  return (
    <BoardShell name="technician" board={board} now={now} act={act} stale={stale}>
      <div className={classes.grid}>
        <Panel title={t('tech.title')} aside={t('tech.summary', { connected: rows.filter((each) => each.connected).length, count: rows.length, alarms })} fill>
          <div className={classes.filter}>
            <TextInput size="sm" aria-label={t('tech.find')} placeholder={t('tech.find')} value={filter.find} onChange={(event) => setFilter({ ...filter, find: event.currentTarget.value })} />
            <SegmentedControl
              transitionDuration={0}
              aria-label={t('tech.sort')}
              value={filter.order}
              onChange={(order) => setFilter({ ...filter, order: order === 'tree' ? 'tree' : 'worst' })}
              data={[
                { value: 'worst', label: t('tech.worst') },
                { value: 'tree', label: t('tech.tree') },
              ]}
            />
            <Checkbox label={t('tech.onlyAlarms')} checked={filter.onlyAlarms} onChange={(event) => setFilter({ ...filter, onlyAlarms: event.currentTarget.checked })} />
          </div>
          <PointRows rows={shown} chosen={row?.point ?? null} onChoose={setChosen} />
        </Panel>
        <div className={classes.side}>
          <OperationPapers board={board} />
          <Panel title={preview ? t('tech.previewOf', { name: rows.find((each) => each.point === preview)?.name ?? preview }) : t('tech.preview')} aside={preview ? t('tech.offAir') : undefined}>
            {preview ? picture : <p className={classes.hint}>{t('tech.previewNone')}</p>}
            <Held may={may}>{row && <PointDesk key={row.point} board={board} row={row} previewed={preview === row.point} main={board.live.main === row.point} act={act} now={now} onPreview={onPreview} talk={talk} />}</Held>
          </Panel>
          <AwardPanel board={board} act={act} />
          <Panel title={t('tech.layout')}>
            <div className={classes.room}>
              <Select
                disabled={isOver(board) || !holds(board, 'ky-thuat-vien', 'chu-tri')}
                aria-label={t('tech.layout')}
                allowDeselect={false}
                value={board.live.screen.layout}
                data={layouts.map((layout) => ({ value: layout, label: t(`layoutName.${layout}`) }))}
                onChange={(value) => {
                  const layout = layouts.find((each) => each === value);
                  if (layout) act({ do: 'show', with: { layout } });
                }}
                comboboxProps={{ transitionProps: { duration: 0 } }}
              />
              <GridPages board={board} act={act} />
              <Button variant="default" disabled={!may} onClick={() => act({ do: 'lock', with: { on: !board.live.locked } })}>
                {board.live.locked ? t('tech.unlock') : t('tech.lock')}
              </Button>
              {board.live.screen.content && may && (
                <Button variant="default" className={classes.long ?? ''} onClick={() => act({ do: 'share-content', with: {} })}>
                  {t('main.contentOff', { name: pointName(board, board.live.screen.content) })}
                </Button>
              )}
            </div>
          </Panel>
          <ScreenWords board={board} act={act} />
          <Incidents board={board} now={now} act={act} />
        </div>
      </div>
    </BoardShell>
  );
}

/** A grid that does not hold all who are there has pages: turned here, for all screens (CON-10). */
function GridPages({ board, act }: Pick<BoardProps, 'board' | 'act'>) {
  const { t } = useTranslation();
  const { layout, page = 0, pages = 1 } = board.live.screen;
  if (pages < 2) return null;
  const may = holds(board, 'ky-thuat-vien', 'chu-tri') && !isOver(board);
  const turn = (by: 1 | -1) => act({ do: 'show', with: { layout, page: page + by } });
  return (
    <div className={classes.pages} role="group" aria-label={t('meeting.page', { page: page + 1, pages })}>
      <Button variant="default" aria-label={t('meeting.pageBack')} disabled={!may || page === 0} onClick={() => turn(-1)}>
        ‹
      </Button>
      <span aria-live="polite">{t('meeting.page', { page: page + 1, pages })}</span>
      <Button variant="default" aria-label={t('meeting.pageOn')} disabled={!may || page === pages - 1} onClick={() => turn(1)}>
        ›
      </Button>
    </div>
  );
}
