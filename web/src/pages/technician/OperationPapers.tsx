import { useTranslation } from 'react-i18next';
import { at, isOver, type Board } from '../../conduct/board';
import { operationPapers } from '../../conduct/operation';
import { Panel } from '../../parts/Panel';
import classes from './OperationPapers.module.css';

/** What is left to the technician when the meeting is over: how every line was, and the month (OPS-02, OPS-04). */
export function OperationPapers({ board }: { readonly board: Board }) {
  const { t } = useTranslation();
  if (!isOver(board)) return null;
  const papers = operationPapers(board.plan.id, at(board.plan.start));
  const links = [
    [papers.log, t('tech.operationLog')],
    [papers.logTable, t('tech.operationTable')],
    [papers.report, t('tech.operationMonth', { month: papers.month })],
    [papers.points, t('tech.operationPoints', { month: papers.month })],
  ];
  return (
    <Panel title={t('tech.operation')}>
      <ul className={classes.list}>
        {links.map(([path, text]) => (
          <li key={path}>
            <a href={path} target="_blank" rel="noreferrer">
              {text}
            </a>
          </li>
        ))}
      </ul>
    </Panel>
  );
}
