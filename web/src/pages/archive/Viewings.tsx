import { useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { fetchViewings } from '../../archive/desk';
import { dateText, timeText } from '../../i18n/clock';
import classes from './Player.module.css';

const kinds = ['open', 'refused', 'track', 'export', 'bag', 'access', 'transcript'] as const;

/** Who has seen this recording; fetched when it is asked for. */
export function Viewings({ id }: { readonly id: string }) {
  const { t } = useTranslation();
  const [open, setOpen] = useState(false);
  const viewings = useQuery({ queryKey: ['viewings', id], queryFn: async () => fetchViewings(id), enabled: open, staleTime: 0 });
  return (
    <details className={classes.fold} onToggle={(event) => setOpen(event.currentTarget.open)}>
      <summary>{t('player.viewings')}</summary>
      <ul className={classes.plain}>
        {(viewings.data ?? []).map((each) => {
          const at = new Date(each.at);
          const what = kinds.find((kind) => kind === each.what) ?? 'open';
          return (
            <li key={`${each.at} ${each.person} ${each.what}`}>
              {each.name ?? each.person}{' '}
              <span className={classes.soft}>
                {dateText(at)} {timeText(at)} · {t(`player.what.${what}`)}
              </span>
            </li>
          );
        })}
      </ul>
    </details>
  );
}
