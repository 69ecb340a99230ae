import { Button, Checkbox, Modal, NumberInput, Textarea, TextInput } from '@mantine/core';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { saveClass, type Class } from '../../archive/keeping';
import { meetingTypes } from '../office/CreateMeeting';
import classes from './Keeping.module.css';
import { useAct } from './use-keeping';

/** One line of the table of periods. */
export function ClassDialog({ from, onClose }: { readonly from: Class; readonly onClose: () => void }) {
  const { t } = useTranslation();
  const act = useAct();
  const [line, setLine] = useState<Class>(from);
  const types = line.types ?? [];
  const whole = /^[a-z0-9-]+$/.test(line.id) && line.name.trim() !== '' && (line.forever === true || (line.years ?? 0) >= 1);
  return (
    <Modal opened onClose={onClose} size={620} centered title={<strong>{t('retention.editTitle')}</strong>} transitionProps={{ duration: 0 }} closeButtonProps={{ 'aria-label': t('app.close') }} attributes={{ header: { role: 'presentation' } }}>
      <div className={classes.sheet}>
        {from.id === '' && <TextInput size="sm" label={t('retention.id')} value={line.id} maxLength={64} onChange={(event) => setLine({ ...line, id: event.currentTarget.value })} />}
        <Textarea label={t('retention.name')} autosize minRows={2} value={line.name} maxLength={300} onChange={(event) => setLine({ ...line, name: event.currentTarget.value })} />
        <div className={classes.inLine}>
          <NumberInput size="sm" w={120} label={t('retention.years')} min={1} max={200} disabled={line.forever === true} value={line.years ?? ''} onChange={(value) => setLine({ ...line, years: Number(value) })} />
          <Checkbox mt={24} label={t('retention.forever')} checked={line.forever === true} onChange={(event) => setLine({ ...line, forever: event.currentTarget.checked, years: event.currentTarget.checked ? 0 : 5 })} />
        </div>
        <Checkbox.Group label={t('retention.types')} value={types} onChange={(value) => setLine({ ...line, types: value })}>
          <div className={classes.checks}>
            {meetingTypes.map((type) => (
              <Checkbox key={type} value={type} label={t(`type.${type}`)} />
            ))}
          </div>
        </Checkbox.Group>
        {act.fault !== '' && <p role="alert">{act.fault}</p>}
        <Button
          disabled={!whole}
          loading={act.busy}
          onClick={() =>
            act.run(async () => {
              await saveClass(line);
              onClose();
            })
          }
        >
          {t('keeping.save')}
        </Button>
      </div>
    </Modal>
  );
}
