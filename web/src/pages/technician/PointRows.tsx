import { useVirtualizer } from '@tanstack/react-virtual';
import { memo, useRef } from 'react';
import { useTranslation } from 'react-i18next';
import { Icon } from '../../app/icons';
import type { TechRow } from '../../conduct/technician';
import { figureText } from '../../i18n/figure';
import { LineWord } from '../meeting/LineWord';
import classes from './PointRows.module.css';

interface PointRowsProps {
  readonly rows: readonly TechRow[];
  readonly chosen: string | null;
  readonly onChoose: (point: string) => void;
}

const rowHeight = 44;

/** Only the rows that are on screen exist in the page. */
export function PointRows({ rows, chosen, onChoose }: PointRowsProps) {
  const { t } = useTranslation();
  const scroller = useRef<HTMLDivElement>(null);
  // The compiler leaves this component as it is: the list's functions read what is on screen now.
  // oxlint-disable-next-line react/incompatible-library
  const virtual = useVirtualizer({
    count: rows.length,
    getScrollElement: () => scroller.current,
    estimateSize: () => rowHeight,
    overscan: 6,
    getItemKey: (index) => rows[index]?.point ?? index,
  });
  return (
    <div className={classes.table} role="table" aria-label={t('tech.title')} aria-rowcount={rows.length + 1}>
      {/* A region that scrolls is reached by keyboard. */}
      {/* oxlint-disable-next-line jsx-a11y/no-noninteractive-tabindex */}
      <div ref={scroller} className={classes.scroller} role="rowgroup" tabIndex={0} aria-label={t('tech.title')} data-testid="points">
        <div className={classes.head} role="row">
          {(['point', 'alarm', 'level', 'micCamera', 'size', 'rate', 'loss', 'rtt'] as const).map((column) => (
            <span key={column} role="columnheader" data-column={column}>
              {t(`tech.${column}`)}
            </span>
          ))}
        </div>
        {rows.length === 0 && <p className={classes.none}>{t('tech.none')}</p>}
        <div className={classes.list} style={{ height: virtual.getTotalSize() }} role="presentation">
          {virtual.getVirtualItems().map((item) => {
            const row = rows[item.index];
            return row && <PointRow key={item.key} row={row} index={item.index} top={item.start} chosen={row.point === chosen} onChoose={onChoose} />;
          })}
        </div>
      </div>
    </div>
  );
}

interface PointRowProps {
  readonly row: TechRow;
  readonly index: number;
  readonly top: number;
  readonly chosen: boolean;
  readonly onChoose: (point: string) => void;
}

const PointRow = memo(function PointRow({ row, index, top, chosen, onChoose }: PointRowProps) {
  const { t } = useTranslation();
  const { facts } = row;
  const state = (on: boolean) => (on ? t('tech.on') : t('tech.off'));
  return (
    <div
      className={classes.row}
      role="row"
      aria-rowindex={index + 2}
      aria-selected={chosen}
      data-chosen={chosen}
      data-alarm={row.alarms[0]}
      data-testid="point-row"
      style={{ transform: `translateY(${top}px)` }}
    >
      <span role="cell" data-column="point">
        <button type="button" className={classes.name} title={row.name} onClick={() => onChoose(row.point)}>
          <span className={classes.words}>{row.name}</span>
        </button>
      </span>
      <span role="cell" data-column="alarm">
        {row.alarms.length > 0 ? (
          <span className={classes.alarms} title={row.alarms.map((alarm) => t(`tech.alarms.${alarm}`)).join(', ')}>
            {row.alarms.slice(0, 1).map((alarm) => (
              <strong key={alarm} className={classes.alarm} data-alarm={alarm}>
                {t(`tech.alarms.${alarm}`)}
              </strong>
            ))}
            {row.alarms.length > 1 && (
              <span className={classes.more} role="img" aria-label={row.alarms.slice(1).map((alarm) => t(`tech.alarms.${alarm}`)).join(', ')}>
                +{row.alarms.length - 1}
              </span>
            )}
          </span>
        ) : row.connected && facts ? (
          <LineWord line={facts.line} />
        ) : (
          !row.connected && <span className={classes.away}>{t('roll.notConnected')}</span>
        )}
      </span>
      <span role="cell" data-column="level">
        <span className={classes.meter}>
          <span style={{ transform: `scaleX(${facts?.level ?? 0})` }} data-hot={(facts?.level ?? 0) > 0.9} />
        </span>
      </span>
      <span role="cell" data-column="micCamera" className={classes.signs}>
        {facts && (
          <>
            <span role="img" aria-label={t('tech.mic', { state: state(facts.mic) })} title={t('tech.mic', { state: state(facts.mic) })} data-on={facts.mic}>
              <Icon name={facts.mic ? 'mic' : 'micOff'} size={20} />
            </span>
            <span role="img" aria-label={t('tech.camera', { state: state(facts.camera) })} title={t('tech.camera', { state: state(facts.camera) })} data-on={facts.camera}>
              <Icon name={facts.camera ? 'camera' : 'cameraOff'} size={20} />
            </span>
          </>
        )}
      </span>
      <span role="cell" data-column="size">
        {facts?.width ? `${facts.width}×${facts.height ?? 0}` : '–'}
      </span>
      <span role="cell" data-column="rate">
        <Rates up={facts?.kbps ?? null} down={facts?.downKbps ?? null} load={row.load} />
      </span>
      <span role="cell" data-column="loss">
        {facts?.lossPercent === null || !facts ? '–' : `${figureText(facts.lossPercent)} %`}
      </span>
      <span role="cell" data-column="rtt">
        {facts?.rttMs === null || !facts ? '–' : t('tech.ms', { value: facts.rttMs })}
      </span>
    </div>
  );
});

const arrows = { up: '↑', down: '↓' } as const;

/** What a point sends and is sent, in Mb/s, over a bar that tells how full its line is. */
function Rates({ up, down, load }: { readonly up: number | null; readonly down: number | null; readonly load: number | null }) {
  const { t } = useTranslation();
  if (up === null && down === null) return '–';
  const words = load === null ? t('tech.rates', { up: up ?? 0, down: down ?? 0 }) : t('tech.ratesOf', { up: up ?? 0, down: down ?? 0, value: load });
  return (
    <span className={classes.rates} title={words} aria-label={words} role="img">
      {(['up', 'down'] as const).map((way) => {
        const rate = way === 'up' ? up : down;
        return <span key={way}>{`${arrows[way]} ${rate === null ? '–' : figureText(rate / 1_000)}`}</span>;
      })}
      {load !== null && (
        <span className={classes.load}>
          <span style={{ transform: `scaleX(${Math.min(1, load / 100)})` }} data-full={load > 90} />
        </span>
      )}
    </span>
  );
}
