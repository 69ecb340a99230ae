import { NumberInput, Select, TextInput } from '@mantine/core';
import { useTranslation } from 'react-i18next';
import { withLine } from '../../office/minutes';
import classes from './MinutesForm.module.css';
import type { FieldsProps } from './MinutesForm';

const statuses = ['co-mat', 'vang-co-ly-do', 'vang-khong-ly-do', 'chua-diem-danh'] as const;

/** What the roll says of each point; sums are the bridge's. */
export function PointLines({ fields, onFields }: FieldsProps) {
  const { t } = useTranslation();
  return (
    <section className={classes.part} aria-label={t('roll.title')}>
      <h3 className={classes.title}>{t('roll.title')}</h3>
      <ul className={classes.rows}>
        {(fields.attendance.points ?? []).map((line, index) => {
          const set = (part: Partial<typeof line>) => onFields(withLine(fields, index, part));
          const here = line.status === 'co-mat';
          return (
            <li key={line.point} className={classes.line} data-testid="minutes-point">
              <span className={classes.name}>{line.name}</span>
              <Select size="sm" aria-label={`${t('roll.status')}: ${line.name}`} data={statuses.map((status) => ({ value: status, label: t(`roll.is.${status}`) }))} value={line.status} allowDeselect={false} onChange={(status) => status && set({ status })} comboboxProps={{ transitionProps: { duration: 0 } }} />
              {here && (
                <>
                  <NumberInput size="sm" hideControls min={0} max={9_999} aria-label={t('writing.present', { name: line.name })} value={line.present} onChange={(present) => set({ present: Number(present) || 0 })} />
                  <NumberInput size="sm" hideControls min={0} max={9_999} aria-label={t('people.headsOf', { name: line.name })} value={line.expected} onChange={(expected) => set({ expected: Number(expected) || 0 })} prefix="/ " />
                  <TextInput size="sm" aria-label={t('people.leaderOf', { name: line.name })} placeholder={t('people.leader')} maxLength={200} value={line.leader?.name ?? ''} onChange={(event) => set({ leader: { ...line.leader, name: event.currentTarget.value } })} />
                  <TextInput size="sm" aria-label={t('people.positionOf', { name: line.name })} placeholder={t('editor.position')} maxLength={200} value={line.leader?.position ?? ''} onChange={(event) => set({ leader: { ...line.leader, name: line.leader?.name ?? '', position: event.currentTarget.value } })} />
                </>
              )}
              {line.status === 'vang-co-ly-do' && <TextInput className={classes.rest ?? ''} size="sm" aria-label={`${t('roll.reason')}: ${line.name}`} placeholder={t('roll.reason')} maxLength={500} value={line.reason ?? ''} onChange={(event) => set({ reason: event.currentTarget.value })} />}
            </li>
          );
        })}
      </ul>
    </section>
  );
}
