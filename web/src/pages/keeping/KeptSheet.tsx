import { Button, Modal } from '@mantine/core';
import { Link } from '@tanstack/react-router';
import { useTranslation } from 'react-i18next';
import { checkNow, soundness, type Class, type Kept } from '../../archive/keeping';
import { dateText, timeText } from '../../i18n/clock';
import classes from './Keeping.module.css';
import { ClassPart, HandOverPart, HoldPart } from './Decisions';
import { useAct } from './use-keeping';

interface KeptSheetProps {
  readonly kept: Kept;
  readonly table: readonly Class[];
  readonly archivist: boolean;
  readonly onClose: () => void;
}

/** All that is known of one recording, and all that may be decided on it. */
export function KeptSheet({ kept, table, archivist, onClose }: KeptSheetProps) {
  const { t } = useTranslation();
  return (
    <Modal opened onClose={onClose} size={820} centered title={<strong>{kept.title ?? kept.recording}</strong>} transitionProps={{ duration: 0 }} closeButtonProps={{ 'aria-label': t('app.close') }} attributes={{ header: { role: 'presentation' } }}>
      <div className={classes.sheet}>
        <p className={classes.ways}>
          <Link to="/kho/$recording" params={{ recording: kept.recording }}>
            {t('keeping.watch')}
          </Link>
        </p>
        <Found kept={kept} />
        <HoldPart kept={kept} />
        {archivist && <ClassPart kept={kept} table={table} />}
        <HandOverPart kept={kept} archivist={archivist} />
      </div>
    </Modal>
  );
}

/** Seal, time-stamp, copies, and what the last check found (ARC-04). */
function Found({ kept }: { readonly kept: Kept }) {
  const { t } = useTranslation();
  const { custody } = kept;
  const act = useAct();
  const sound = soundness(kept);
  const moment = (time: string | undefined) => (time === undefined ? t('keeping.no') : `${timeText(new Date(time))} ${dateText(new Date(time))}`);
  return (
    <section className={classes.part} aria-label={t('keeping.integrity')}>
      <h3>{t('keeping.integrity')}</h3>
      <div className={classes.inLine}>
        <strong className={classes.sound} data-state={sound} data-testid="found">
          {t(`keeping.sound.${sound}`)}
        </strong>
        <span>{custody.checked && t('keeping.marks.checked', { day: moment(custody.checked) })}</span>
        <Button size="compact-md" variant="default" loading={act.busy} onClick={() => act.run(async () => checkNow(kept.recording))}>
          {t('keeping.check')}
        </Button>
      </div>
      {(custody.problems ?? []).length > 0 && (
        <ul className={classes.problems} aria-label={t('keeping.found')}>
          {(custody.problems ?? []).map((each) => (
            <li key={each}>{each}</li>
          ))}
        </ul>
      )}
      {custody.restored && <p className={classes.small}>{t('keeping.restored', { day: moment(custody.restored) })}</p>}
      <dl className={classes.facts}>
        <dt>{t('keeping.sealed')}</dt>
        <dd>{moment(custody.noted)}</dd>
        <dt>{t('keeping.stamp')}</dt>
        <dd>{moment(custody.stamped)}</dd>
        <dt>{t('keeping.second')}</dt>
        <dd>{moment(custody.copied)}</dd>
        <dt>{t('keeping.store')}</dt>
        <dd>{moment(custody.kept)}</dd>
        <dt>{t('keeping.sealRoot')}</dt>
        <dd className={classes.hash}>{custody.root || t('keeping.no')}</dd>
      </dl>
      {act.fault !== '' && <p role="alert">{act.fault}</p>}
    </section>
  );
}
