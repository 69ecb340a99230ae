import { Button } from '@mantine/core';
import { useTranslation } from 'react-i18next';
import { at, holds, isOver, pointName, type Board } from '../../conduct/board';
import { timeText } from '../../i18n/clock';
import type { Do } from '../../live/use-board';
import { Panel } from '../../parts/Panel';
import classes from './Incidents.module.css';

/** What went wrong, newest first, and until when: these lines go into the minutes. */
export function Incidents({ board, now, act }: { readonly board: Board; readonly now: number; readonly act: Do }) {
  const { t } = useTranslation();
  const incidents = [...board.notes.incidents].sort((a, b) => at(b.from) - at(a.from));
  if (incidents.length === 0) return null;
  const may = holds(board, 'thu-ky', 'ky-thuat-vien') && !isOver(board);
  return (
    <Panel title={t('tech.incidents')}>
      <ul className={classes.list}>
        {incidents.map((incident) => (
          <li key={`${incident.point} ${incident.from} ${incident.text}`}>
            <time>
              {timeText(new Date(at(incident.from)))}
              {at(incident.to) > 0 && `–${timeText(new Date(at(incident.to)))}`}
            </time>
            <span>
              <strong>{pointName(board, incident.point)}</strong>: {incident.text}
            </span>
            {at(incident.to) === 0 && may && (
              <Button size="compact-md" variant="default" onClick={() => act({ do: 'note-incident', with: { incident: { ...incident, to: new Date(now).toISOString() } } })}>
                {t('tech.incidentOver')}
              </Button>
            )}
          </li>
        ))}
      </ul>
    </Panel>
  );
}
