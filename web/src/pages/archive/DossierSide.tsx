import { useTranslation } from 'react-i18next';
import type { Dossier } from '../../archive/dossier';
import { Panel } from '../../parts/Panel';
import classes from './Dossier.module.css';
import { Placed } from './DossierPage';
import { useResult } from './use-result';

/** A date as the API has it, 2026-11-30, as it is read. */
const dueText = (date: string): string => date.replace(/^(\d+)-(\d+)-(\d+).*$/, '$3/$2/$1');

const statusOf = (status: string) => (status === 'co-mat' || status === 'vang-co-ly-do' || status === 'vang-khong-ly-do' ? status : 'chua-diem-danh');

/** Conclusions, votes, attendance, papers and messages. */
export function DossierSide({ file }: { readonly file: Dossier }) {
  const { t } = useTranslation();
  const result = useResult();
  const present = file.attendance.filter((each) => each.status === 'co-mat').length;
  const empty = <p className={classes.soft}>{t('dossier.empty')}</p>;
  return (
    <>
      <Panel title={t('dossier.conclusions')} aside={file.conclusions.length}>
        {file.conclusions.length === 0 && empty}
        <ul className={classes.lines}>
          {file.conclusions.map((each) => (
            <li key={each.id}>
              <Placed spot={each.place}>
                {each.content}
                <div className={classes.soft}>{[t('dossier.lead', { lead: each.lead }), t('dossier.due', { when: dueText(each.due) })].join(' · ')}</div>
              </Placed>
            </li>
          ))}
        </ul>
      </Panel>
      <Panel title={t('dossier.votes')} aside={file.votes.length}>
        {file.votes.length === 0 && empty}
        <ul className={classes.lines}>
          {file.votes.map((each) => (
            <li key={each.motion}>
              <Placed spot={each.place}>
                {each.title}
                <div className={classes.soft}>{result(each)}</div>
              </Placed>
            </li>
          ))}
        </ul>
      </Panel>
      <Panel title={t('dossier.attendance')} aside={t('dossier.attended', { present, all: file.attendance.length })}>
        {/* A list that scrolls is reached by keyboard. */}
        {/* oxlint-disable-next-line jsx-a11y/no-noninteractive-tabindex */}
        <ul className={classes.lines} data-long="true" tabIndex={0}>
          {file.attendance.map((each) => (
            <li key={each.point}>
              <Placed spot={each.joined}>
                <span className={classes.strong}>{each.name}</span>
                <div className={classes.soft}>{[t(`dossier.status.${statusOf(each.status)}`), `${each.present}/${each.expected}`, each.leader].filter(Boolean).join(' · ')}</div>
                {each.drops.map((drop) => (
                  <Placed key={drop.at} spot={drop}>
                    <span className={classes.soft}>{t('dossier.drops')}</span>
                  </Placed>
                ))}
              </Placed>
            </li>
          ))}
        </ul>
      </Panel>
      <Panel title={t('dossier.papers')} aside={file.papers.length}>
        {file.papers.length === 0 && empty}
        <ul className={classes.lines}>
          {file.papers.map((each) => (
            <li key={each.id}>
              {each.recalled === undefined ? (
                <a className={classes.link} href={`/api/meetings/${encodeURIComponent(file.meeting)}/papers/${encodeURIComponent(each.id)}/content`} download>
                  {each.name}
                </a>
              ) : (
                <span className={classes.struck}>{each.name}</span>
              )}
              <div className={classes.soft} title={`SHA-256 ${each.sha256}`}>
                {[each.recalled === undefined ? '' : t('dossier.recalled'), each.item, `${(each.size / 1e6).toFixed(2)} MB`].filter(Boolean).join(' · ')}
              </div>
            </li>
          ))}
        </ul>
      </Panel>
      {file.chat.length > 0 && (
        <Panel title={t('dossier.chat')} aside={file.chat.length}>
          {/* A list that scrolls is reached by keyboard. */}
          {/* oxlint-disable-next-line jsx-a11y/no-noninteractive-tabindex */}
          <ul className={classes.lines} data-long="true" tabIndex={0}>
            {file.chat.map((each) => (
              <li key={each.ref}>
                <Placed spot={each.place}>
                  <span className={classes.strong}>{each.who}</span> {each.text ?? <em className={classes.soft}>{t('chat.withdrawn')}</em>}
                </Placed>
              </li>
            ))}
          </ul>
        </Panel>
      )}
    </>
  );
}
