import { Button, NumberInput } from '@mantine/core';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';

/** Sets a mistyped number of signed minutes right. */
export function RightNumber({ onNumber }: { readonly onNumber: (number: number) => void }) {
  const { t } = useTranslation();
  const [typed, setTyped] = useState<number | string>('');
  return (
    <>
      <NumberInput size="sm" w={110} aria-label={t('signing.rightNumber')} placeholder={t('signing.rightNumber')} min={1} max={99_999} allowDecimal={false} allowNegative={false} hideControls value={typed} onChange={setTyped} />
      <Button
        variant="default"
        disabled={typeof typed !== 'number' || typed < 1}
        onClick={() => {
          onNumber(Number(typed));
          setTyped('');
        }}
      >
        {t('signing.renumber')}
      </Button>
    </>
  );
}
