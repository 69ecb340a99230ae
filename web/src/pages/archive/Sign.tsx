import { useTranslation } from 'react-i18next';
import type { Sign as Kind } from '../../archive/index-shelf';
import classes from './Player.module.css';

const marks: Readonly<Record<Kind, string>> = { checking: '…', verified: '✓', bridge: '○', broken: '✕' };

/** Says plainly whether what is played is what was recorded. */
export function Sign({ sign }: { readonly sign: Kind }) {
  const { t } = useTranslation();
  return (
    <span className={classes.sign} data-sign={sign} role={sign === 'broken' ? 'alert' : 'status'} data-testid="sign" title={t(`player.signLong.${sign}`)}>
      <span aria-hidden="true">{marks[sign]}</span> {t(`player.sign.${sign}`)}
    </span>
  );
}
