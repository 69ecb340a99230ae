import { Link } from '@tanstack/react-router';
import type { ReactNode } from 'react';
import { useTranslation } from 'react-i18next';
import { LanguageSwitch } from '../../app/LanguageSwitch';
import { useHeldReload } from '../../app/upgrade';
import type { Board, Right } from '../../conduct/board';
import { recorderTrouble } from '../../conduct/recorder';
import { dateText, timeText } from '../../i18n/clock';
import { BoardChat } from './BoardChat';
import type { Do } from '../../live/use-board';
import { BoardPapers } from './BoardPapers';
import classes from './BoardShell.module.css';
import { HandOver } from './HandOver';

export type BoardName = 'chair' | 'secretary' | 'technician';

interface BoardShellProps {
  readonly name: BoardName;
  readonly board: Board;
  readonly now: number;
  readonly act: Do;
  readonly stale?: boolean;
  readonly children: ReactNode;
}

const paths = { chair: '/hop/$room/chu-tri', secretary: '/hop/$room/thu-ky', technician: '/hop/$room/ky-thuat' } as const;
const rightOf: Readonly<Record<BoardName, Right>> = { chair: 'chu-tri', secretary: 'thu-ky', technician: 'ky-thuat-vien' };
const names: readonly BoardName[] = ['chair', 'secretary', 'technician'];

/** The head of the three boards: which meeting, where it stands, who is there; and the way to the others. */
export function BoardShell({ name, board, now, act, stale = false, children }: BoardShellProps) {
  const { t } = useTranslation();
  const { live, plan } = board;
  useHeldReload(live.speech !== undefined);
  const trouble = recorderTrouble(live);
  const time = new Date(now);
  const right = rightOf[name];
  const holder = board.seats[right]?.person.name ?? '';
  return (
    <div className={classes.page} data-board={name}>
      <header className={classes.header}>
        <div className={classes.titles}>
          <p className={classes.kicker}>{t(`board.${name}`)}</p>
          <h1 className={classes.title} title={plan.title}>
            {plan.title}
          </h1>
        </div>
        <dl className={classes.facts}>
          <Fact word={t('board.phase')} value={live.calledOff ? t('board.calledOff') : t(`phase.${live.phase}`)} strong />
          <Fact word={t('board.pointsHere')} value={`${live.roll.present}/${live.roll.points}`} />
          <Fact word={t('board.heads')} value={`${live.roll.heads ?? 0}/${live.roll.expected}`} />
          <Fact word={dateText(time)} value={timeText(time)} strong />
        </dl>
        <nav className={classes.ways} aria-label={t('board.boards')}>
          {names.map((each) => (
            <Link key={each} to={paths[each]} params={{ room: plan.id }} className={classes.way} aria-current={each === name ? 'page' : undefined}>
              {t(`board.${each}Short`)}
            </Link>
          ))}
          <BoardPapers board={board} />
          <BoardChat board={board} />
          <HandOver board={board} act={act} />
          <LanguageSwitch />
        </nav>
      </header>
      {!board.you.seats.includes(right) && (
        <p className={classes.looks} role="status" data-testid="look-only">
          {holder === '' ? t('board.lookOnlyNobody') : t('board.lookOnly', { name: holder })}
        </p>
      )}
      {live.recording && (
        <p className={classes.recording} data-testid="recording">
          {live.recorder?.paused !== true && <span className={classes.dot} aria-hidden="true" />}
          {t(live.recorder?.paused === true ? 'board.recordingPaused' : 'board.recording')}
        </p>
      )}
      {trouble && (
        <p className={classes.stale} role="alert" data-testid="recorder-trouble">
          {t(`board.recorder.${trouble}`)}
        </p>
      )}
      {stale && (
        <p className={classes.stale} role="alert">
          {t('board.stale')}
        </p>
      )}
      <main className={classes.main}>{children}</main>
    </div>
  );
}

function Fact({ word, value, strong = false }: { readonly word: string; readonly value: string; readonly strong?: boolean }) {
  return (
    <div className={classes.fact}>
      <dt>{word}</dt>
      <dd data-strong={strong || undefined}>{value}</dd>
    </div>
  );
}
