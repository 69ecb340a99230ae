import { DateInput } from '@mantine/dates';
import { useTranslation } from 'react-i18next';
import { dayOfText } from '../i18n/clock';

interface DayInputProps {
  readonly label: string;
  /** yyyy-MM-dd, or empty. */
  readonly value: string;
  readonly onDay: (day: string) => void;
  readonly className?: string;
  readonly size?: 'sm' | 'md';
}

/** A day as officials write it, typed or chosen; weeks begin on Monday. */
export function DayInput({ label, value, onDay, className = '', size = 'sm' }: DayInputProps) {
  const { i18n } = useTranslation();
  return (
    <DateInput
      className={className}
      size={size}
      label={label}
      placeholder="dd/MM/yyyy"
      valueFormat="DD/MM/YYYY"
      dateParser={dayOfText}
      locale={i18n.language}
      firstDayOfWeek={1}
      value={value === '' ? null : value}
      onChange={(day) => onDay(day ?? '')}
      popoverProps={{ transitionProps: { duration: 0 } }}
    />
  );
}
