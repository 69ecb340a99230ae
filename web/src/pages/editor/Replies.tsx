import { useTranslation } from 'react-i18next';
import type { Reply } from '../../api/meetings';
import type { Plan } from '../../conduct/board';
import { Panel } from '../../parts/Panel';
import table from '../../parts/table.module.css';

/** What each point answered to its invitation (SCH-05). */
export function Replies({ plan, replies }: { readonly plan: Plan; readonly replies: readonly Reply[] }) {
  const { t } = useTranslation();
  const last = new Map(replies.map((reply) => [reply.point, reply]));
  return (
    <Panel title={t('editor.replies')} aside={`${[...last.values()].filter((reply) => reply.answer !== 'chua-phan-hoi').length}/${plan.points.length}`}>
      <table className={table.table}>
        <tbody>
          {plan.points.map((point) => {
            const reply = last.get(point.id);
            return (
              <tr key={point.id}>
                <th scope="row">{point.name}</th>
                <td>
                  {t(`editor.reply.${reply?.answer ?? 'chua-phan-hoi'}`)}
                  {(reply?.reason || reply?.substitute?.name) && <div className={table.soft}>{reply.substitute?.name ?? reply.reason}</div>}
                </td>
              </tr>
            );
          })}
        </tbody>
      </table>
    </Panel>
  );
}
