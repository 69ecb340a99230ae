import { useQuery } from '@tanstack/react-query';
import { Link, useParams, useSearch } from '@tanstack/react-router';
import { useEffect, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { Problem } from '../../api/problem';
import { fetchRecording, type Detail } from '../../archive/desk';
import { Player } from '../../archive/player';
import { Notice } from '../../app/Notice';
import { OfficeShell } from '../office/OfficeShell';
import classes from './Player.module.css';
import { PlayerView } from './PlayerView';

/** One recording, opened at the second of the link. */
export function PlayerPage() {
  const { t } = useTranslation();
  const { recording } = useParams({ from: '/kho/$recording' });
  const search = useSearch({ from: '/kho/$recording' });
  // What is watched stays as it was opened: an answer that came anew would begin it anew.
  const detail = useQuery({ queryKey: ['recording', recording], queryFn: async () => fetchRecording(recording), staleTime: Infinity, gcTime: 0, refetchOnWindowFocus: false });
  if (detail.isPending) return <Notice title={t('archive.loading')} />;
  if (detail.isError) {
    const code = detail.error instanceof Problem ? detail.error.code : 'unknown';
    return (
      <OfficeShell>
        <p role="alert">{code === 'not_found' ? t('archive.unknown') : t(`problem.${code}`, { seconds: 30 })}</p>
        <Link to="/kho" className={classes.back}>
          ‹ {t('archive.back')}
        </Link>
      </OfficeShell>
    );
  }
  return <Opened key={recording} detail={detail.data} second={search.t ?? 0} to={search.to} />;
}

/** How often a recording that goes on is asked for what was added. */
const growMs = 4_000;

declare global {
  interface Window {
    /** The player of the page, for measurements. */
    replay?: Player;
  }
}

function Opened({ detail, second, to }: { readonly detail: Detail; readonly second: number; readonly to: number | undefined }) {
  const [player, setPlayer] = useState<Player | null>(null);
  useEffect(() => {
    const made = new Player(detail, second * 1000);
    window.replay = made;
    setPlayer(made);
    return () => made.close();
    // A link to another second of the same recording jumps.
    // eslint-disable-next-line react-hooks/exhaustive-deps
  }, [detail]);
  useEffect(() => {
    if (second > 0 && Math.abs((player?.clock.time ?? 0) - second * 1000) > 1) player?.seek(second * 1000);
    if (to !== undefined) player?.mark({ from: second * 1000, to: Math.min(to * 1000, player.detail.length) });
  }, [player, second, to]);
  const running = player?.detail.running === true;
  // While a meeting goes on, what was signed since is added to what is watched.
  const grown = useQuery({ queryKey: ['recording-grown', detail.id], queryFn: async () => fetchRecording(detail.id), enabled: running, refetchInterval: (query) => (query.state.data?.running === false ? false : growMs), gcTime: 0, staleTime: 0 });
  useEffect(() => {
    if (grown.data) player?.renew(grown.data);
  }, [player, grown.data]);
  return player ? <PlayerView player={player} /> : null;
}
