import { Button, Checkbox, Modal, NumberInput, TextInput } from '@mantine/core';
import { useState, type SyntheticEvent } from 'react';
import { useTranslation } from 'react-i18next';
import type { Person, RollStatus } from '../../conduct/board';
import type { RollRow } from '../../conduct/roll';
import classes from './RollEdit.module.css';

interface RollEditProps {
  readonly row: RollRow;
  readonly status: RollStatus;
  readonly onClose: () => void;
  readonly onMark: (mark: { status: RollStatus; present?: number; leader?: Person; reason?: string; phone?: boolean }) => void;
}

// The field takes the very next key: who types fast must not mark points with the letters of a reason.
const takeKeys = (field: HTMLInputElement | null) => field?.focus();

/** Heads, leader and reason of one point. */
export function RollEdit({ row, status, onClose, onMark }: RollEditProps) {
  const { t } = useTranslation();
  const [present, setPresent] = useState(row.present || row.expected);
  const [leader, setLeader] = useState(row.leader);
  const [position, setPosition] = useState(row.position);
  const [reason, setReason] = useState(row.reason);
  const [phone, setPhone] = useState(row.phone);
  const here = status === 'co-mat';
  const submit = (event: SyntheticEvent) => {
    event.preventDefault();
    onMark({
      status,
      ...(here ? { present, phone, leader: { name: leader.trim(), position: position.trim() } } : { reason: reason.trim() }),
    });
  };
  return (
    <Modal opened onClose={onClose} title={`${row.name}: ${t(`roll.is.${status}`)}`} centered transitionProps={{ duration: 0 }} closeButtonProps={{ 'aria-label': t('app.close') }} attributes={{ header: { role: 'presentation' } }}>
      <form className={classes.form} onSubmit={submit}>
        {here ? (
          <>
            <NumberInput label={t('roll.headsOf', { expected: row.expected })} min={1} max={9_999} value={present} onChange={(value) => setPresent(Number(value))} ref={takeKeys} data-autofocus />
            <TextInput label={t('roll.leader')} value={leader} onChange={(event) => setLeader(event.currentTarget.value)} />
            <TextInput label={t('roll.position')} value={position} onChange={(event) => setPosition(event.currentTarget.value)} />
            <Checkbox label={t('roll.phone')} checked={phone} onChange={(event) => setPhone(event.currentTarget.checked)} />
          </>
        ) : (
          <TextInput label={t('roll.reason')} value={reason} onChange={(event) => setReason(event.currentTarget.value)} ref={takeKeys} data-autofocus />
        )}
        <Button type="submit" disabled={(here && present < 1) || (status === 'vang-co-ly-do' && reason.trim() === '')}>
          {t('roll.save')}
        </Button>
      </form>
    </Modal>
  );
}
