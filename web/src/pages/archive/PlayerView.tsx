import { Button } from '@mantine/core';
import { useCallback, useEffect, useState, useSyncExternalStore } from 'react';
import { useQuery } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import { useTranslation } from 'react-i18next';
import { fetchCompanions } from '../../archive/desk';
import { cueAt, fetchCues, fetchDossier, fetchTranscripts, type Cue } from '../../archive/dossier';
import { timeCode } from '../../archive/lanes';
import type { Player } from '../../archive/player';
import { layouts, type Layout } from '../../archive/scene';
import { dateText, timeText } from '../../i18n/clock';
import { OfficeShell } from '../office/OfficeShell';
import { PlayerControls } from './PlayerControls';
import classes from './Player.module.css';
import { Redacted } from './Redacted';
import { SidePanel } from './SidePanel';
import { Sign } from './Sign';
import { Stage } from './Stage';
import { Takeaway } from './Takeaway';
import { Timeline } from './Timeline';

const smallStepMs = 5_000;
const stepMs = 10_000;
const fiveMinutesMs = 300_000;
/** How often the page asks whether mix and small pictures are made. */
const askMs = 5_000;
/** How often the file of a meeting that goes on is read anew. */
const fileMs = 30_000;
const none: readonly Cue[] = [];

/** The player: picture, controls, timeline, and beside them what is in the recording. */
export function PlayerView({ player }: { readonly player: Player }) {
  const { t, i18n } = useTranslation();
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
  const file = useQuery({ queryKey: ['dossier', detail.id], queryFn: async () => fetchDossier(detail.id), retry: false, refetchInterval: detail.running ? fileMs : false });
  const transcripts = useQuery({ queryKey: ['transcripts', detail.id], queryFn: async () => fetchTranscripts(detail.id) });
  const language = (transcripts.data?.find((each) => each.language === i18n.language) ?? transcripts.data?.[0])?.language;
  const cues = useQuery({ queryKey: ['cues', detail.id, language], queryFn: async () => fetchCues(detail.id, language ?? ''), enabled: language !== undefined });
  const [captions, setCaptions] = useState(true);
  const turnCaptions = useCallback(() => setCaptions((on) => !on), []);
  useKeys(player, setLayout, turnCaptions);
  const begun = new Date(detail.begun);
  return (
    <OfficeShell>
      <div className={classes.head}>
        <Link to="/kho" className={classes.back}>
          ‹ {t('archive.back')}
        </Link>
        <h1 className={classes.title} title={detail.title}>{detail.title}</h1>
        <span className={classes.when}>
          {dateText(begun)} {timeText(begun)}
        </span>
        <Link to="/kho/$recording/ho-so" params={{ recording: detail.id }} className={classes.back}>
          {t('dossier.title')}
        </Link>
        <Sign sign={state.sign} />
      </div>
      <div className={classes.columns}>
        <div className={classes.main}>
          <Redacted detail={detail} />
          <Stage player={player} time={state.time} layout={layout} point={point} waiting={state.waiting} unheard={state.unheard} said={captions ? cueAt(cues.data ?? none, state.time) : undefined} />
          <PlayerControls player={player} state={state} layout={layout} onLayout={setLayout} point={point} onPoint={setPoint} captions={cues.data ? captions : null} onCaptions={setCaptions} />
          <Timeline player={player} time={state.time} sheets={made.data?.sheets} />
        </div>
        <aside className={classes.side}>
          {detail.running && <Live player={player} />}
          <SidePanel player={player} time={state.time} playing={state.playing} file={file.data} cues={cues.data ?? none} />
          <Takeaway detail={detail} cut={state.cut} />
        </aside>
      </div>
    </OfficeShell>
  );
}

/** A meeting that is still recorded: back to its begin, and on to what happens now. */
function Live({ player }: { readonly player: Player }) {
  const { t } = useTranslation();
  const { detail } = player;
  return (
    <div className={classes.note} data-testid="live">
      <p style={{ margin: '0 0 6px' }} role="status">
        ● {t('player.notSealed', { time: timeCode(detail.length) })}
      </p>
      <div className={classes.group}>
        <Button size="compact-md" variant="default" onClick={() => player.seek(0)}>
          {t('player.fromStart')}
        </Button>
        <Button size="compact-md" variant="default" onClick={() => player.skip(-fiveMinutesMs)}>
          {t('player.fiveBack')}
        </Button>
        <Button size="compact-md" variant={player.live ? 'filled' : 'default'} onClick={() => player.goLive()}>
          {t('player.goLive')}
        </Button>
      </div>
    </div>
  );
}

/** Everything by keys; not while somebody types, and buttons keep their own. */
function useKeys(player: Player, onLayout: (layout: Layout) => void, onCaptions: () => void): void {
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
      c: onCaptions,
      g: () => {
        if (player.detail.running) player.goLive();
      },
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
  }, [player, onLayout, onCaptions]);
}
