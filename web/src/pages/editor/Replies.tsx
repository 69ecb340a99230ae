import { Button } from '@mantine/core';
import { useTranslation } from 'react-i18next';
import type { Reply } from '../../api/meetings';
import type { Plan } from '../../conduct/board';
import { Panel } from '../../parts/Panel';
import { PointLink } from './PointLink';
import table from '../../parts/table.module.css';

interface RepliesProps {
  readonly meeting: string;
  readonly plan: Plan;
  readonly replies: readonly Reply[];
  /** Chair and secretary agree to substitutes. */
  readonly onConsent: (point: string, agree: boolean) => void;
}

/** What each point answered to its invitation (SCH-05). */
export function Replies({ meeting, plan, replies, onConsent }: RepliesProps) {
  const { t } = useTranslation();
  const last = new Map(replies.map((reply) => [reply.point, reply]));
  return (
    <Panel title={t('editor.replies')} aside={`${[...last.values()].filter((reply) => reply.answer !== 'chua-phan-hoi').length}/${plan.points.length}`}>
      <table className={`${table.table ?? ''} ${table.stacked ?? ''}`}>
        <tbody>
          {plan.points.map((point) => {
            const reply = last.get(point.id);
            return (
              <tr key={point.id}>
                <th scope="row">
                  {point.name}
                  <PointLink meeting={meeting} point={point.id} name={point.name} />
                </th>
                <td>
                  {t(`editor.reply.${reply?.answer ?? 'chua-phan-hoi'}`)}
                  {(reply?.reason || reply?.substitute?.name) && <div className={table.soft}>{reply.substitute?.name ?? reply.reason}</div>}
                  {reply?.seen && <div className={table.soft}>{t(`sending.seen.${reply.seen}`)}</div>}
                  {reply?.consent && <div>{t(`reply.consent.${reply.consent}`)}</div>}
                  {reply?.consent === 'cho-duyet' && (
                    <Button.Group>
                      <Button size="compact-md" onClick={() => onConsent(point.id, true)}>
                        {t('reply.agree')}
                      </Button>
                      <Button size="compact-md" variant="default" onClick={() => onConsent(point.id, false)}>
                        {t('reply.refuse')}
                      </Button>
                    </Button.Group>
                  )}
                </td>
              </tr>
            );
          })}
        </tbody>
      </table>
    </Panel>
  );
}
