import { useEffect, useState, useSyncExternalStore } from 'react';
import { useQuery } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import { useTranslation } from 'react-i18next';
import { fetchCompanions } from '../../archive/desk';
import { timeCode } from '../../archive/lanes';
import type { Player } from '../../archive/player';
import { layouts, type Layout } from '../../archive/scene';
import { dateText, timeText } from '../../i18n/clock';
import { OfficeShell } from '../office/OfficeShell';
import { Chapters } from './Chapters';
import { PlayerControls } from './PlayerControls';
import classes from './Player.module.css';
import { Sign } from './Sign';
import { Stage } from './Stage';
import { Takeaway } from './Takeaway';
import { Timeline } from './Timeline';

const smallStepMs = 5_000;
const stepMs = 10_000;
/** How often the page asks whether mix and small pictures are made. */
const askMs = 5_000;

/** The player: picture, controls, timeline, and beside them what is in the recording. */
export function PlayerView({ player }: { readonly player: Player }) {
  const { t } = useTranslation();
  const { detail } = player;
  const state = useSyncExternalStore(player.subscribe, player.snapshot);
  const [layout, setLayout] = useState<Layout>('seen');
  const [point, setPoint] = useState<string | null>(null);
  const made = useQuery({
    queryKey: ['companions', detail.id],
    queryFn: async () => fetchCompanions(detail.id),
    enabled: !detail.running,
    refetchInterval: (query) => (query.state.data && (query.state.data.off || (query.state.data.mix.done && query.state.data.sheets.count * query.state.data.sheets.every >= detail.length)) ? false : askMs),
  });
  useEffect(() => {
    if (made.data) player.offer(made.data);
  }, [player, made.data]);
  useKeys(player, setLayout);
  const begun = new Date(detail.begun);
  return (
    <OfficeShell>
      <div className={classes.head}>
        <Link to="/kho" className={classes.back}>
          ‹ {t('archive.back')}
        </Link>
        <h1 className={classes.title}>{detail.title}</h1>
        <span className={classes.when}>
          {dateText(begun)} {timeText(begun)}
        </span>
        <Sign sign={state.sign} />
      </div>
      <div className={classes.columns}>
        <div className={classes.main}>
          <Stage player={player} time={state.time} layout={layout} point={point} waiting={state.waiting} />
          <PlayerControls player={player} state={state} layout={layout} onLayout={setLayout} point={point} onPoint={setPoint} />
          <Timeline player={player} time={state.time} sheets={made.data?.sheets} />
        </div>
        <aside className={classes.side}>
          {detail.running && <p className={classes.note}>{t('player.notSealed', { time: timeCode(detail.length) })}</p>}
          <Chapters player={player} time={state.time} />
          <Takeaway detail={detail} cut={state.cut} />
        </aside>
      </div>
    </OfficeShell>
  );
}

/** Everything by keys; not while somebody types, and buttons keep their own. */
function useKeys(player: Player, onLayout: (layout: Layout) => void): void {
  useEffect(() => {
    const keys: Readonly<Record<string, () => void>> = {
      ' ': () => player.toggle(),
      k: () => player.toggle(),
      ArrowLeft: () => player.skip(-smallStepMs),
      ArrowRight: () => player.skip(smallStepMs),
      j: () => player.skip(-stepMs),
      l: () => player.skip(stepMs),
      ',': () => player.frame(-1),
      '.': () => player.frame(1),
      '+': () => player.faster(1),
      '-': () => player.faster(-1),
      m: () => player.setMuted(!player.snapshot().muted),
      i: () => player.markHere('from'),
      o: () => player.markHere('to'),
      x: () => player.mark(null),
      Home: () => player.seek(0),
      End: () => player.seek(player.detail.length),
    };
    const press = (event: KeyboardEvent) => {
      const on = event.target instanceof Element ? event.target : null;
      if (event.ctrlKey || event.altKey || event.metaKey || on?.closest('input, textarea, select, [role="listbox"], [role="radiogroup"]')) return;
      if (event.key === ' ' && on?.closest('button, a, summary')) return;
      const act = keys[event.key] ?? keys[event.key.toLowerCase()];
      const chosen = layouts[Number(event.key) - 1];
      if (act) act();
      else if (chosen) onLayout(chosen);
      else return;
      event.preventDefault();
    };
    window.addEventListener('keydown', press);
    return () => window.removeEventListener('keydown', press);
  }, [player, onLayout]);
}
