import { Button } from '@mantine/core';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import type { Session } from '../../api/session';
import { paperPath, type Disposal } from '../../archive/keeping';
import { timeCode } from '../../archive/lanes';
import { dateText, dayText, timeText } from '../../i18n/clock';
import table from '../../parts/table.module.css';
import { DecideDialog, type Decision } from './DecideDialog';
import classes from './Keeping.module.css';

const stages = ['de-nghi', 'da-duyet', 'tu-choi', 'dang-huy', 'da-huy'] as const;
const places: Readonly<Record<string, 'keys' | 'archive' | 'second' | 'store' | 'made'>> = { keys: 'keys', archive: 'archive', 'second copy': 'second', store: 'store', 'exports, mix and small pictures': 'made' };

/** What may still be done with a list, by whom. */
function actsOf(disposal: Disposal, { rights, person }: Session): readonly Decision[] {
  const own = disposal.proposed.by === person;
  const keeper = rights.includes('luu-tru');
  if (!keeper && !rights.includes('chu-tri')) return [];
  switch (disposal.stage) {
    case 'de-nghi':
      return own ? ['take-back'] : ['approve', 'refuse'];
    case 'da-duyet':
      return keeper ? ['carry-out', 'take-back'] : ['take-back'];
    case 'dang-huy':
      return keeper ? ['go-on'] : [];
    default:
      return [];
  }
}

/** One list: its steps, what it names, its paper. */
export function DisposalCard({ disposal, session }: { readonly disposal: Disposal; readonly session: Session }) {
  const { t } = useTranslation();
  const [decision, setDecision] = useState<Decision | null>(null);
  const items = disposal.items ?? [];
  const stage = stages.find((each) => each === disposal.stage) ?? 'de-nghi';
  const what = t(stage === 'da-huy' ? 'disposal.record' : 'disposal.list');
  const acts = actsOf(disposal, session);
  const labels: Readonly<Record<Decision, string>> = { approve: t('disposal.approve'), refuse: t('disposal.refuse'), 'take-back': t('disposal.takeBack'), 'carry-out': t('disposal.carryOut'), 'go-on': t('disposal.goOn') };
  return (
    <article className={classes.card} data-testid="disposal" data-stage={stage}>
      <header className={classes.cardHead}>
        <h2>{t('disposal.listOf', { count: items.length, day: dateText(new Date(disposal.proposed.at)) })}</h2>
        <span className={classes.stage}>{t(`disposal.stage.${stage}`)}</span>
        <span className={classes.papers}>
          {what}
          {(['docx', 'pdf'] as const).map((format) => (
            <a key={format} href={paperPath(disposal.id, format)} download aria-label={t('disposal.download', { what, format: format.toUpperCase() })}>
              {format.toUpperCase()}
            </a>
          ))}
        </span>
      </header>
      <Steps disposal={disposal} />
      <table className={table.table}>
        <thead>
          <tr>
            <th scope="col">{t('keeping.meeting')}</th>
            <th scope="col">{t('archive.begun')}</th>
            <th scope="col">{t('archive.length')}</th>
            <th scope="col">{t('keeping.until')}</th>
            <th scope="col">{t('disposal.result')}</th>
          </tr>
        </thead>
        <tbody>
          {items.map((item) => (
            <tr key={item.recording}>
              <td>{item.title ?? item.recording}</td>
              <td>{dateText(new Date(item.begun))}</td>
              <td>{timeCode(item.seconds * 1000)}</td>
              <td>{dayText(item.until)}</td>
              <td>{item.error ? <strong className={classes.red}>{t('disposal.failed', { error: item.error })}</strong> : (item.erased ?? []).length === 0 ? t('disposal.notYet') : t('disposal.erased', { places: (item.erased ?? []).map((each) => (places[each] ? t(`disposal.places.${places[each]}`) : each)).join(', ') })}</td>
            </tr>
          ))}
        </tbody>
      </table>
      {acts.length > 0 && (
        <div className={classes.cardActs}>
          {stage === 'de-nghi' && disposal.proposed.by === session.person && <span className={table.soft}>{t('disposal.needSecond')}</span>}
          {acts.map((each) => (
            <Button key={each} {...(each === 'carry-out' || each === 'go-on' ? { color: 'red' } : each === 'approve' ? {} : { variant: 'default' })} onClick={() => setDecision(each)}>
              {labels[each]}
            </Button>
          ))}
        </div>
      )}
      {decision && <DecideDialog disposal={disposal} decision={decision} title={labels[decision]} name={session.name ?? ''} onClose={() => setDecision(null)} />}
    </article>
  );
}

function Steps({ disposal }: { readonly disposal: Disposal }) {
  const { t } = useTranslation();
  const steps = [
    [t('disposal.proposed'), disposal.proposed],
    [t(disposal.stage === 'tu-choi' ? 'disposal.refused' : 'disposal.decided'), disposal.decided],
    [t('disposal.carried'), disposal.carried],
  ] as const;
  return (
    <dl className={classes.facts}>
      {steps.map(
        ([label, act]) =>
          act && (
            <div key={label} className={classes.step}>
              <dt>{label}</dt>
              <dd>
                {t('disposal.by', { name: act.name ?? act.by, time: `${timeText(new Date(act.at))} ${dateText(new Date(act.at))}` })}
                {act.reason && <span className={table.soft}> – {act.reason}</span>}
              </dd>
            </div>
          ),
      )}
    </dl>
  );
}
