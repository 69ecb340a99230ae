import { Select, TextInput } from '@mantine/core';
import { useTranslation } from 'react-i18next';
import type { EditReason } from '../../api/meetings';

export const reasons = ['bat-kha-khang', 'chi-dao-cap-tren', 'chua-chuan-bi-xong', 'nguoi-chu-tri-ban', 'trung-lich', 'khac'] as const;

interface ReasonFieldsProps {
  readonly reason: EditReason;
  readonly onReason: (reason: EditReason) => void;
}

/** A reason from the list, in words where the list does not say it (SCH-09). */
export function ReasonFields({ reason, onReason }: ReasonFieldsProps) {
  const { t } = useTranslation();
  return (
    <>
      <Select
        label={t('editor.why')}
        data={reasons.map((why) => ({ value: why, label: t(`why.${why}`) }))}
        value={reason.why ?? null}
        onChange={(why) => onReason(why === null ? {} : { ...reason, why })}
        comboboxProps={{ transitionProps: { duration: 0 } }}
      />
      <TextInput label={t('editor.whyText')} maxLength={2_000} value={reason.text ?? ''} onChange={(event) => onReason({ ...reason, text: event.currentTarget.value })} />
    </>
  );
}
