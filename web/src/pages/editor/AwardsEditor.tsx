import { ActionIcon, Button, Checkbox, Select, TextInput } from '@mantine/core';
import { useTranslation } from 'react-i18next';
import type { Plan } from '../../conduct/board';
import { addAward, dropAward, raiseAward, withAward } from '../../office/awards';
import { Panel } from '../../parts/Panel';
import classes from './AwardsEditor.module.css';

interface AwardsEditorProps {
  readonly plan: Plan;
  readonly onPlan: (plan: Plan) => void;
}

/** Who is awarded what, from the highest to the lowest: the list that the ceremony walks through (CON-16). */
export function AwardsEditor({ plan, onPlan }: AwardsEditorProps) {
  const { t } = useTranslation();
  const places = plan.points.filter((point) => point.id !== plan.main).map((point) => ({ value: point.id, label: point.name }));
  return (
    <Panel title={t('award.editor')} aside={plan.awards?.length ?? undefined}>
      <p className={classes.hint}>{t('award.editorHint')}</p>
      <ol className={classes.lines}>
        {(plan.awards ?? []).map((award, index) => {
          const number = index + 1;
          return (
            // Lines have no names of their own: their place is what they are.
            // oxlint-disable-next-line react/no-array-index-key
            <li key={index} className={classes.line} data-testid="award-line">
              <TextInput size="sm" aria-label={`${t('award.to')} ${number}`} placeholder={t('award.to')} maxLength={200} value={award.to} onChange={(event) => onPlan(withAward(plan, index, { to: event.currentTarget.value }))} />
              <TextInput size="sm" aria-label={`${t('award.what')} ${number}`} placeholder={t('award.what')} maxLength={200} value={award.award} onChange={(event) => onPlan(withAward(plan, index, { award: event.currentTarget.value }))} />
              <TextInput size="sm" aria-label={`${t('award.decision')} ${number}`} placeholder={t('award.decision')} maxLength={100} value={award.decision} onChange={(event) => onPlan(withAward(plan, index, { decision: event.currentTarget.value }))} />
              <Select size="sm" aria-label={`${t('award.point')} ${number}`} placeholder={t('award.here')} clearable data={places} value={award.point ?? null} onChange={(point) => onPlan(withAward(plan, index, { point: point ?? '' }))} comboboxProps={{ transitionProps: { duration: 0 } }} />
              <Checkbox label={t('award.group')} checked={award.group ?? false} onChange={(event) => onPlan(withAward(plan, index, { group: event.currentTarget.checked }))} />
              <div className={classes.acts}>
                <ActionIcon variant="default" size={34} aria-label={t('award.up', { number })} disabled={index === 0} onClick={() => onPlan(raiseAward(plan, index))}>
                  ↑
                </ActionIcon>
                <ActionIcon variant="default" size={34} aria-label={t('award.drop', { number })} onClick={() => onPlan(dropAward(plan, index))}>
                  ×
                </ActionIcon>
              </div>
            </li>
          );
        })}
      </ol>
      <Button variant="default" onClick={() => onPlan(addAward(plan))}>
        {t('award.add')}
      </Button>
    </Panel>
  );
}
