import { useTranslation } from 'react-i18next';
import { bagAddress, clipAddress, trackAddress, type Detail } from '../../archive/desk';
import { pointName, timeCode } from '../../archive/lanes';
import type { Cut } from '../../archive/player';
import { figureText } from '../../i18n/figure';
import { useSession } from '../office/use-session';
import { AccessFold } from './AccessFold';
import { CaptionFold } from './CaptionFold';
import { ExportPanel } from './ExportPanel';
import classes from './Player.module.css';
import { Redact } from './Redact';
import { Viewings } from './Viewings';

/** What can be taken away, and the keys. */
export function Takeaway({ detail, cut }: { readonly detail: Detail; readonly cut: Cut | null }) {
  const { t } = useTranslation();
  const rights = useSession().data?.rights ?? [];
  const keeps = rights.includes('luu-tru') || rights.includes('thu-ky'); // the meeting's papers and log are in the bag
  return (
    <>
      <ExportPanel key={cut ? `${cut.from} ${cut.to}` : ''} detail={detail} cut={cut} />
      {cut && detail.sealed && !detail.encrypted && (
        <p>
          <a href={clipAddress(detail.id, cut.from, cut.to)} download data-testid="clip">
            {t('player.clip')}
          </a>
        </p>
      )}
      {keeps && detail.sealed && (
        <p>
          <a href={bagAddress(detail.id)} download data-testid="bag">
            {t('player.bag')}
          </a>
          {detail.withheld && !rights.includes('luu-tru') && (
            <>
              {' '}
              <span className={classes.soft}>{t('player.bagWithheld')}</span>
            </>
          )}
        </p>
      )}
      {detail.redacts && <Redact detail={detail} cut={cut} />}
      <details className={classes.fold}>
        <summary>{t('player.tracks')}</summary>
        <ul className={classes.plain}>
          {detail.tracks.map((track) => {
            const name = pointName(detail, track.point ?? '');
            const what = track.screen ? t('player.content', { name }) : `${name} · ${track.type.startsWith('audio') ? t('player.sound') : t('player.picture')}`;
            return (
              <li key={track.leg}>
                <a href={trackAddress(detail.id, track.leg)} download>
                  {what}
                </a>{' '}
                <span className={classes.soft}>
                  {timeCode(track.from)}–{timeCode(track.to)}, {track.codec}, {figureText(track.bytes / 1e6, 1)} MB
                </span>
              </li>
            );
          })}
        </ul>
      </details>
      <CaptionFold id={detail.id} />
      <AccessFold id={detail.id} />
      <Viewings id={detail.id} />
      <p className={classes.soft}>{t('player.keys')}</p>
    </>
  );
}
