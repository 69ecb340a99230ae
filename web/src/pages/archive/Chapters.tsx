import { useTranslation } from 'react-i18next';
import { pointName, timeCode } from '../../archive/lanes';
import type { Player } from '../../archive/player';
import classes from './Player.module.css';

interface Entry {
  readonly at: number;
  readonly to: number;
  readonly title: string;
  readonly kind: string;
}

/** Items, votes, marks and speeches in order; a click plays from there. */
export function Chapters({ player, time }: { readonly player: Player; readonly time: number }) {
  const { t } = useTranslation();
  const { detail } = player;
  const entries: Entry[] = [
    ...detail.chapters.map((each) => ({ at: each.from, to: each.to ?? detail.length, title: each.title, kind: each.kind })),
    ...detail.speeches.map((each) => ({ at: each.from, to: each.to ?? detail.length, title: [each.name, pointName(detail, each.point)].filter(Boolean).join(' — '), kind: 'speaker' })),
  ].sort((a, b) => a.at - b.at || Number(a.kind === 'speaker') - Number(b.kind === 'speaker'));
  if (entries.length === 0) return null;
  return (
    <nav aria-label={t('player.chapters')}>
      <ol className={classes.chapters}>
        {entries.map((each) => (
          <li key={`${each.at} ${each.kind} ${each.title}`}>
            <button type="button" className={classes.chapter} data-kind={each.kind} aria-current={each.at <= time && time < each.to ? 'true' : undefined} onClick={() => player.seek(each.at)}>
              <span className={classes.chapterTime}>{timeCode(each.at)}</span>
              <span>{each.title}</span>
            </button>
          </li>
        ))}
      </ol>
    </nav>
  );
}
