import { useTranslation } from 'react-i18next';
import { documentPath, type MinutesVersion } from '../../api/minutes';
import { dateText, timeText } from '../../i18n/clock';
import classes from './MinutesDesk.module.css';

/** One version of the minutes: where it stands, its hash once signed, and its text. */
export function MinutesSheet({ meeting, version, open }: { readonly meeting: string; readonly version: MinutesVersion; readonly open: boolean }) {
  const { t } = useTranslation();
  const stage = version.stage === 'da-ky' || version.stage === 'trinh-ky' ? version.stage : 'du-thao';
  const signed = version.signed ? new Date(version.signed) : null;
  return (
    <article className={classes.version} data-testid="minutes-version" data-stage={stage}>
      <h3 className={classes.head}>
        {t('signing.version', { number: version.number })}
        <span className={classes.stage}>{t(`signing.stage.${stage}`)}</span>
        {version.fields.head.number && <span>{version.fields.head.number}</span>}
        {(['docx', 'pdf'] as const).map((format) => (
          <a key={format} href={documentPath(meeting, 'minutes', format, version.number)} download className={classes.file} aria-label={t('signing.download', { kind: `${t('signing.title')} ${version.number}`, format: format.toUpperCase() })}>
            {format.toUpperCase()}
          </a>
        ))}
      </h3>
      {(version.corrects ?? 0) > 0 && <p className={classes.fact}>{t('signing.corrects', { number: version.corrects, reason: version.reason ?? '' })}</p>}
      {signed && (
        <p className={classes.fact}>
          {t('signing.signedAt', { time: `${timeText(signed)} ${dateText(signed)}` })}. {t('signing.hash')}: <code>{version.hash}</code>
        </p>
      )}
      {signed && !version.intact && (
        <p role="alert" className={classes.broken}>
          {t('signing.broken')}
        </p>
      )}
      <details open={open}>
        <summary>{t('signing.text')}</summary>
        <pre className={classes.text}>{version.text}</pre>
      </details>
    </article>
  );
}
