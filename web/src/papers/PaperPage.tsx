import { useElementSize } from '@mantine/hooks';
import { useEffect, useRef, type ReactNode } from 'react';
import { useTranslation } from 'react-i18next';
import { useStore } from '../app/use-store';
import type { Fit, PaperBook } from './paper-book';
import classes from './PaperPage.module.css';

interface PaperPageProps {
  readonly book: PaperBook;
  readonly page: number;
  readonly fit: Fit;
  readonly name: string;
  /** Lies over the page, as large as it: the pointer. */
  readonly over?: ReactNode;
}

/** One page of a paper, drawn as large as its place allows. */
export function PaperPage({ book, page, fit, name, over }: PaperPageProps) {
  const { t } = useTranslation();
  const state = useStore(book.state);
  const { ref, width, height } = useElementSize();
  const canvas = useRef<HTMLCanvasElement>(null);
  useEffect(() => {
    if (state.kind === 'open' && canvas.current) void book.draw(canvas.current, page, { width, height }, fit);
  }, [book, state.kind, page, width, height, fit]);
  if (state.kind === 'refused') return <p className={classes.word}>{t(`problem.${state.code}`, { seconds: 30 })}</p>;
  if (state.kind === 'broken') return <p className={classes.word}>{t('papersRead.broken')}</p>;
  const pages = state.kind === 'open' ? state.pages : 0;
  return (
    // Scrolls when it is as wide as its place: keys must reach it.
    // oxlint-disable-next-line jsx-a11y/no-noninteractive-tabindex
    <div className={classes.place} data-fit={fit} tabIndex={fit === 'width' ? 0 : undefined} role="group" aria-label={t('papersRead.page', { page, pages })}>
      <div ref={ref} className={classes.frame}>
        {state.kind === 'loading' && <p className={classes.word}>{t('papersRead.loading')}</p>}
        <div className={classes.sheet}>
          <canvas ref={canvas} className={classes.canvas} role="img" aria-label={`${name}. ${t('papersRead.page', { page, pages })}`} data-testid="paper-page" />
          {over}
        </div>
      </div>
    </div>
  );
}
