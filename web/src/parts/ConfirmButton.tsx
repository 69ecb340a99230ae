import { Button, type ButtonProps } from '@mantine/core';
import { useEffect, useState, type ReactNode } from 'react';
import { useTranslation } from 'react-i18next';

interface ConfirmButtonProps extends ButtonProps {
  readonly children: ReactNode;
  readonly onConfirm: () => void;
}

const armedMs = 4_000;

/** An act that cannot be taken back asks once more, in the same place, and forgets the first press soon. */
export function ConfirmButton({ children, onConfirm, ...props }: ConfirmButtonProps) {
  const { t } = useTranslation();
  const [armed, setArmed] = useState(false);
  useEffect(() => {
    if (!armed) return undefined;
    const timer = setTimeout(() => setArmed(false), armedMs);
    return () => clearTimeout(timer);
  }, [armed]);
  const press = () => {
    setArmed(!armed);
    if (armed) onConfirm();
  };
  return (
    <Button {...props} {...(armed ? { color: 'red', variant: 'filled' } : {})} onClick={press}>
      {armed ? t('board.confirm') : children}
    </Button>
  );
}
