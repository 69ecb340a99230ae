import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { paperPath, type Paper } from '../api/meetings';
import { Icon } from '../app/icons';
import { useNow } from '../app/use-now';
import type { AgendaItem } from '../conduct/board';
import type { PaperState as Presented } from '../conduct/state';
import { isDrawable, readable } from './list';
import { PaperReader } from './PaperReader';
import classes from './PapersPanel.module.css';
import { usePaperBook, usePapers, type PaperShelf } from './use-papers';

interface PapersPanelProps {
  readonly meeting: string;
  readonly agenda: readonly AgendaItem[];
  readonly presented: Presented | undefined;
  readonly mayPresent: boolean;
  readonly onPresent: (paper: string, page: number) => void;
  readonly onClose: () => void;
}

/** The papers of the meeting by item of its agenda, and the one that is read. */
export function PapersPanel(props: PapersPanelProps) {
  const { t } = useTranslation();
  const [open, setOpen] = useState<Paper | null>(null);
  const shelf = usePapers(props.meeting, true, open !== null);
  return (
    <aside className={classes.panel} aria-label={t('papersRead.title')} data-reading={open !== null || undefined} data-testid="papers">
      <header className={classes.head}>
        <h2>{t('papersRead.title')}</h2>
        <button type="button" onClick={props.onClose} aria-label={t('app.close')}>
          <Icon name="close" size={20} />
        </button>
      </header>
      {open ? <Open {...props} paper={open} shelf={shelf} onBack={() => setOpen(null)} /> : <Shelf {...props} shelf={shelf} onOpen={setOpen} />}
    </aside>
  );
}

function Open({ shelf, onBack, paper, ...props }: PapersPanelProps & { readonly paper: Paper; readonly shelf: PaperShelf; readonly onBack: () => void }) {
  const book = usePaperBook(props.meeting, paper.id, shelf);
  return <PaperReader meeting={props.meeting} paper={paper} book={book} presented={props.presented} mayPresent={props.mayPresent} onPresent={props.onPresent} onBack={onBack} />;
}

function Shelf({ meeting, agenda, presented, shelf, onOpen }: PapersPanelProps & { readonly shelf: PaperShelf; readonly onOpen: (paper: Paper) => void }) {
  const { t } = useTranslation();
  const now = useNow(10_000);
  if (shelf.problem) return <p className={classes.word}>{t(shelf.problem === 'account_signed_out' ? 'papersRead.signIn' : `problem.${shelf.problem}`, { seconds: 30 })}</p>;
  if (shelf.papers.length === 0) return <p className={classes.word}>{t(shelf.loading ? 'papersRead.loading' : 'papersRead.none')}</p>;
  const known = new Set(agenda.map((item) => item.id));
  const groups = [...agenda.map((item, index) => ({ id: item.id, title: `${index + 1}. ${item.title}` })), { id: '', title: t('papersRead.general') }]
    .map((group) => ({ ...group, papers: shelf.papers.filter((paper) => (group.id === '' ? !known.has(paper.item) : paper.item === group.id)) }))
    .filter((group) => group.papers.length > 0);
  return (
    <div className={classes.shelf}>
      {groups.map((group) => (
        <section key={group.id}>
          <h3>{group.title}</h3>
          <ul>
            {group.papers.map((paper) => (
              <li key={paper.id}>
                <Line meeting={meeting} paper={paper} may={readable(paper, now)} shown={presented?.id === paper.id} onOpen={onOpen} />
              </li>
            ))}
          </ul>
        </section>
      ))}
    </div>
  );
}

interface LineProps {
  readonly meeting: string;
  readonly paper: Paper;
  readonly may: boolean;
  readonly shown: boolean;
  readonly onOpen: (paper: Paper) => void;
}

function Line({ meeting, paper, may, shown, onOpen }: LineProps) {
  const { t } = useTranslation();
  const words = (
    <>
      <Icon name="paper" size={22} />
      <span>
        {paper.name}
        {(shown || !may) && <small>{t(shown ? 'papersRead.shown' : paper.recalled ? 'papersRead.recalled' : 'papersRead.window')}</small>}
      </span>
    </>
  );
  if (!may) return <p className={classes.line}>{words}</p>;
  if (!isDrawable(paper)) {
    return (
      <a className={classes.line} href={`${paperPath(meeting, paper.id)}?download=true`} download={paper.name}>
        {words}
        <em>{t('papersRead.save')}</em>
      </a>
    );
  }
  return (
    <button type="button" className={classes.line} onClick={() => onOpen(paper)}>
      {words}
    </button>
  );
}
