import { useEffect, useRef } from 'react';
import { useTranslation } from 'react-i18next';
import type { PaperState } from '../../conduct/state';
import type { Rect } from '../../meeting/geometry';
import { isTyping } from '../../meeting/keys';
import type { Pointer } from '../../meeting/pointer';
import { turned } from '../../papers/list';
import { PaperPage } from '../../papers/PaperPage';
import { PointerLayer } from '../../papers/PointerLayer';
import { usePaperBook, usePapers } from '../../papers/use-papers';
import classes from './PaperTile.module.css';

export interface PaperStage {
  readonly meeting: string;
  readonly presented: PaperState;
  readonly pointer: Pointer;
  readonly mayPresent: boolean;
  readonly onPage: (page: number) => void;
}

/** The paper that everybody reads, in the place of content: page and pointer are the presenter's. */
export function PaperTile({ meeting, presented, pointer, mayPresent, onPage, rect }: PaperStage & { readonly rect: Rect }) {
  const { t } = useTranslation();
  const shelf = usePapers(meeting, true, true);
  const book = usePaperBook(meeting, presented.id, shelf);
  const paper = shelf.papers.find((each) => each.id === presented.id);
  const turn = useRef(onPage);
  const { page } = presented;
  useEffect(() => {
    turn.current = onPage;
  });
  useEffect(() => {
    if (!mayPresent || !book) return undefined;
    const press = (event: KeyboardEvent) => {
      const state = book.state.get();
      if (isTyping(event.target) || event.ctrlKey || event.altKey || event.metaKey || state.kind !== 'open') return;
      const to = turned(event.key, page, state.pages);
      if (to !== null && to !== page) turn.current(to);
    };
    window.addEventListener('keydown', press);
    return () => window.removeEventListener('keydown', press);
  }, [mayPresent, book, page]);
  const word = shelf.loading ? t('papersRead.loading') : shelf.problem === 'account_signed_out' ? t('papersRead.signIn') : paper ? t('papersRead.gone') : t('papersRead.notYours');
  return (
    <figure className={classes.tile} data-testid="paper" style={{ left: rect.x, top: rect.y, width: rect.width, height: rect.height }}>
      {book && paper ? (
        <PaperPage book={book} page={page} fit="page" name={paper.name} over={<PointerLayer pointer={pointer} mayPoint={mayPresent} />} />
      ) : (
        <p className={classes.word} role="status">
          {word}
        </p>
      )}
      <figcaption className={classes.plate}>
        {paper?.name ?? t('papersRead.title')}
        <span>{t('papersRead.shown')}</span>
      </figcaption>
    </figure>
  );
}
