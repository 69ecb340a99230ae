import { useTranslation } from 'react-i18next';
import { documentPath, type DocumentKind } from '../../api/minutes';
import { Panel } from '../../parts/Panel';
import classes from './MinutesDesk.module.css';

const always: readonly DocumentKind[] = ['invitation', 'checks', 'attendance', 'votes'];
const afterMinutes: readonly DocumentKind[] = ['notice'];

/** Every paper of a meeting, to print or to file. */
export function Downloads({ meeting, minutes }: { readonly meeting: string; readonly minutes: boolean }) {
  const { t } = useTranslation();
  return (
    <Panel title={t('signing.documents')}>
      <ul className={classes.files}>
        {[...always, ...(minutes ? afterMinutes : [])].map((kind) => (
          <li key={kind}>
            <span>{t(`signing.kind.${kind}`)}</span>
            {(['docx', 'pdf'] as const).map((format) => (
              <a key={format} href={documentPath(meeting, kind, format)} download className={classes.file} aria-label={t('signing.download', { kind: t(`signing.kind.${kind}`), format: format.toUpperCase() })}>
                {format.toUpperCase()}
              </a>
            ))}
          </li>
        ))}
      </ul>
    </Panel>
  );
}
