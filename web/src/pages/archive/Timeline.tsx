import { useMemo, useRef, useState, type KeyboardEvent, type MouseEvent } from 'react';
import { useTranslation } from 'react-i18next';
import { lanesOf, nextIn, timeCode, type Lane } from '../../archive/lanes';
import type { Player } from '../../archive/player';
import type { Sheets } from '../../archive/desk';
import { Preview } from './Preview';
import classes from './Player.module.css';

const pageMs = 60_000;
const stepMs = 5_000;
/** Thinner than this nothing is seen, in shares of the lane. */
const thinnest = 0.002;

/** The whole recording from left to right: items, votes, marks, who came, who spoke. A click jumps. */
export function Timeline({ player, time, sheets }: { readonly player: Player; readonly time: number; readonly sheets: Sheets | undefined }) {
  const { t } = useTranslation();
  const { detail } = player;
  const lanes = useMemo(() => {
    const words: Readonly<Record<string, (point: string) => string>> = {
      'participant.join': (point) => t('player.joined', { point }),
      'participant.leave': (point) => t('player.left', { point }),
      'share.on': (point) => t('player.shared', { point }),
      'share.off': (point) => t('player.unshared', { point }),
      'recording.pause': () => t('player.paused'),
      'recording.resume': () => t('player.resumed'),
    };
    return lanesOf(detail, { items: t('player.items'), votes: t('player.votes'), marks: t('player.marks'), coming: t('player.coming'), event: (kind, point) => words[kind]?.(point) ?? t('player.trouble') });
  }, [detail, t]);
  return (
    <div className={classes.timeline}>
      <Bar player={player} time={time} sheets={sheets} />
      <div className={classes.lanes} role="group" aria-label={t('player.lane')}>
        {lanes.map((lane) => (
          <LaneRow key={lane.id} lane={lane} player={player} />
        ))}
        <div className={classes.needle} style={{ '--at': time / Math.max(detail.length, 1) } as React.CSSProperties} />
      </div>
    </div>
  );
}

function Bar({ player, time, sheets }: { readonly player: Player; readonly time: number; readonly sheets: Sheets | undefined }) {
  const { t } = useTranslation();
  const [over, setOver] = useState<number | null>(null);
  const bar = useRef<HTMLDivElement>(null);
  const { length } = player.detail;
  const { cut } = player.snapshot();
  const place = (event: MouseEvent): number => {
    const box = bar.current?.getBoundingClientRect();
    return box ? Math.min(Math.max((event.clientX - box.left) / box.width, 0), 1) * length : 0;
  };
  const jump = (event: MouseEvent) => player.seek(place(event));
  const keys = (event: KeyboardEvent) => {
    const by = { ArrowLeft: -stepMs, ArrowDown: -stepMs, ArrowRight: stepMs, ArrowUp: stepMs, PageDown: -pageMs, PageUp: pageMs }[event.key];
    if (by === undefined) return;
    player.skip(by);
    event.preventDefault();
    event.stopPropagation();
  };
  return (
    <div className={classes.barRow}>
      <div
        ref={bar}
        className={classes.bar}
        role="slider"
        tabIndex={0}
        aria-label={t('player.position')}
        aria-valuemin={0}
        aria-valuemax={Math.round(length / 1000)}
        aria-valuenow={Math.round(time / 1000)}
        aria-valuetext={timeCode(time)}
        onClick={jump}
        onKeyDown={keys}
        onMouseMove={(event) => setOver(place(event))}
        onMouseLeave={() => setOver(null)}
      >
        {(player.detail.redaction?.cuts ?? []).map((hole) => (
          <div key={`${hole.from} ${hole.to}`} className={classes.hole} title={t('redaction.hole')} style={{ left: `${(100 * hole.from) / Math.max(length, 1)}%`, width: `${(100 * (hole.to - hole.from)) / Math.max(length, 1)}%` }} />
        ))}
        <div className={classes.done} style={{ width: `${(100 * time) / Math.max(length, 1)}%` }} />
        {cut && <div className={classes.cut} style={{ left: `${(100 * cut.from) / Math.max(length, 1)}%`, width: `${(100 * (cut.to - cut.from)) / Math.max(length, 1)}%` }} />}
        {over !== null && <Preview id={player.detail.id} at={over} length={length} sheets={sheets} />}
      </div>
    </div>
  );
}

function LaneRow({ lane, player }: { readonly lane: Lane; readonly player: Player }) {
  const { t } = useTranslation();
  const jump = (event: MouseEvent<HTMLDivElement>) => {
    const box = event.currentTarget.getBoundingClientRect();
    player.seek(((event.clientX - box.left) / box.width) * player.detail.length);
  };
  const next = () => {
    const at = nextIn(lane, player.snapshot().time);
    if (at !== null) player.seek(at);
  };
  return (
    <div className={classes.lane}>
      <button type="button" className={classes.laneName} onClick={next} title={t('player.nextOf', { name: lane.name })} data-testid="lane" data-lane={lane.id}>
        {lane.name}
      </button>
      {/* Keys reach the same places by the name of the lane. */}
      <div className={classes.stretches} data-kind={lane.kind} onClick={jump} role="presentation">
        {lane.stretches.map((each) => (
          <span
            key={`${each.at} ${each.to} ${each.label}`}
            className={classes.stretch}
            title={`${timeCode(each.at)} ${each.label}`}
            style={{ left: `${100 * each.from}%`, width: `${100 * Math.max(each.to - each.from, thinnest)}%` }}
          >
            {lane.kind === 'items' ? each.label : ''}
          </span>
        ))}
      </div>
    </div>
  );
}
