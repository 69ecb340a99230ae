import { useTranslation } from 'react-i18next';
import { at, pointName, type Board } from '../../conduct/board';
import { timeText } from '../../i18n/clock';
import { Panel } from '../../parts/Panel';
import classes from './Incidents.module.css';

/** What went wrong, newest first: these lines go into the minutes. */
export function Incidents({ board }: { readonly board: Board }) {
  const { t } = useTranslation();
  const incidents = [...board.notes.incidents].sort((a, b) => at(b.from) - at(a.from));
  if (incidents.length === 0) return null;
  return (
    <Panel title={t('tech.incidents')}>
      <ul className={classes.list}>
        {incidents.map((incident) => (
          <li key={`${incident.point} ${incident.from} ${incident.text}`}>
            <time>{timeText(new Date(at(incident.from)))}</time>
            <span>
              <strong>{pointName(board, incident.point)}</strong>: {incident.text}
            </span>
          </li>
        ))}
      </ul>
    </Panel>
  );
}
