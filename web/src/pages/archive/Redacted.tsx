import { Link } from '@tanstack/react-router';
import { useTranslation } from 'react-i18next';
import type { Detail } from '../../archive/desk';
import { pointName, timeCode } from '../../archive/lanes';
import { isOfAll, missingOf, type Hole, type Kind } from '../../archive/redaction';
import { dateText } from '../../i18n/clock';
import classes from './Player.module.css';

/** Of whom what is missing. */
function Missing({ detail, hole }: { readonly detail: Detail; readonly hole: Hole }) {
  const { t } = useTranslation();
  const missing = missingOf(hole);
  const words = (kinds: readonly Kind[]) => kinds.map((kind) => t(`redaction.kinds.${kind}`)).join(', ');
  if (isOfAll(detail, missing)) return t('redaction.everybody', { kinds: words(missing[0]?.kinds ?? []) });
  return missing.map(({ point, kinds }) => `${pointName(detail, point)} (${words(kinds)})`).join('; ');
}

/** What is left out of a redacted version, and why; of an original, where its versions are. */
export function Redacted({ detail }: { readonly detail: Detail }) {
  const { t } = useTranslation();
  const { redaction, versions, withheld } = detail;
  const elsewhere = withheld && <p data-testid="withheld">{t('redaction.withheld')}</p>;
  if (redaction) {
    return (
      <section className={classes.redacted} aria-label={t('redaction.title')} data-testid="redacted">
        <p>
          <strong>{t('redaction.title')}.</strong> {t('redaction.told')} {t('redaction.reason', { reason: redaction.reason })}{' '}
          <span className={classes.soft}>{t('redaction.by', { name: redaction.name ?? '', date: dateText(new Date(redaction.at)) })}</span>
        </p>
        <ul>
          {redaction.cuts.map((hole) => (
            <li key={`${hole.from} ${hole.to}`}>
              <span className={classes.chapterTime}>
                {timeCode(hole.from)}–{timeCode(hole.to)}
              </span>{' '}
              <Missing detail={detail} hole={hole} />
            </li>
          ))}
        </ul>
        {elsewhere}
      </section>
    );
  }
  if (versions.length === 0 && !withheld) return null;
  if (versions.length === 0) return <section className={classes.redacted}>{elsewhere}</section>;
  return (
    <section className={classes.redacted}>
      {elsewhere}
      <p>
        {t('redaction.versions')}{' '}
        {versions.map((id, i) => (
          <span key={id}>
            {i > 0 && ' · '}
            <Link to="/kho/$recording" params={{ recording: id }}>
              {t('redaction.version', { number: versions.length - i })}
            </Link>
          </span>
        ))}
      </p>
    </section>
  );
}
