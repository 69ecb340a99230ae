import { useState, type KeyboardEvent } from 'react';
import { useTranslation } from 'react-i18next';
import { paperPath, type Paper } from '../api/meetings';
import { Icon } from '../app/icons';
import { useStore } from '../app/use-store';
import type { PaperState as Presented } from '../conduct/state';
import { turned } from './list';
import type { Fit, PaperBook } from './paper-book';
import { PaperPage } from './PaperPage';
import classes from './PaperReader.module.css';

interface PaperReaderProps {
  readonly meeting: string;
  readonly paper: Paper;
  /** Null: it may not be read any more. */
  readonly book: PaperBook | null;
  readonly presented: Presented | undefined;
  readonly mayPresent: boolean;
  readonly onPresent: (paper: string, page: number) => void;
  readonly onBack: () => void;
}

/** One paper, read freely or after who presents it. Turning a page by hand leaves the presenter; one button returns. */
export function PaperReader({ meeting, paper, book, presented, mayPresent, onPresent, onBack }: PaperReaderProps) {
  const { t } = useTranslation();
  const [own, setOwn] = useState(1);
  const [fit, setFit] = useState<Fit>('width');
  const [free, setFree] = useState(false);
  const shown = presented?.id === paper.id ? presented : undefined;
  const leading = shown !== undefined && mayPresent;
  const page = shown && (leading || !free) ? shown.page : own;
  const turn = (to: number) => {
    setOwn(to);
    if (leading) onPresent(paper.id, to);
    else setFree(true);
  };
  return (
    <section className={classes.reader} aria-label={paper.name}>
      <header className={classes.head}>
        <button type="button" onClick={onBack}>
          ‹ {t('papersRead.list')}
        </button>
        <h3 title={paper.name}>{paper.name}</h3>
      </header>
      {book ? (
        <>
          <PaperPage book={book} page={page} fit={fit} name={paper.name} />
          <Turner book={book} page={page} fit={fit} onTurn={turn} onFit={setFit}>
            {shown && !leading && free && (
              <button type="button" className={classes.strong} onClick={() => setFree(false)}>
                {t('papersRead.follow', { page: shown.page })}
              </button>
            )}
            {shown && !leading && !free && <span>{t('papersRead.following')}</span>}
            {mayPresent && (
              <button type="button" className={classes.strong} onClick={() => (shown ? onPresent('', 0) : onPresent(paper.id, page))}>
                {t(shown ? 'papersRead.presentEnd' : 'papersRead.present')}
              </button>
            )}
            <a href={`${paperPath(meeting, paper.id)}?download=true`} download={paper.name}>
              {t('papersRead.save')}
            </a>
          </Turner>
        </>
      ) : (
        <p className={classes.gone} role="alert" data-testid="paper-gone">
          {t('papersRead.gone')}
        </p>
      )}
    </section>
  );
}

interface TurnerProps {
  readonly book: PaperBook;
  readonly page: number;
  readonly fit: Fit;
  readonly onTurn: (page: number) => void;
  readonly onFit: (fit: Fit) => void;
  readonly children: React.ReactNode;
}

/** Pages by buttons and by keys: PageUp and PageDown, the arrows, Home and End. */
function Turner({ book, page, fit, onTurn, onFit, children }: TurnerProps) {
  const { t } = useTranslation();
  const state = useStore(book.state);
  const pages = state.kind === 'open' ? state.pages : 0;
  const press = (event: KeyboardEvent) => {
    const to = turned(event.key, page, pages);
    if (to === null) return;
    event.preventDefault();
    event.stopPropagation();
    if (to !== page) onTurn(to);
  };
  return (
    // Keys are those of the buttons in it.
    // oxlint-disable-next-line jsx-a11y/no-static-element-interactions
    <div className={classes.bar} onKeyDown={press}>
      <button type="button" disabled={page <= 1} onClick={() => onTurn(page - 1)} aria-label={t('papersRead.back')}>
        ‹
      </button>
      <output className={classes.count} data-testid="paper-count">
        {page}/{pages}
      </output>
      <button type="button" disabled={page >= pages} onClick={() => onTurn(page + 1)} aria-label={t('papersRead.on')}>
        ›
      </button>
      <button type="button" onClick={() => onFit(fit === 'width' ? 'page' : 'width')}>
        <Icon name="expand" size={18} /> {t(fit === 'width' ? 'papersRead.fitPage' : 'papersRead.fitWidth')}
      </button>
      {children}
    </div>
  );
}
