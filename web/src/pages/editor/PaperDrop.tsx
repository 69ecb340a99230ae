import { Button } from '@mantine/core';
import { useId, useState } from 'react';
import { useTranslation } from 'react-i18next';
import type { Paper } from '../../api/meetings';
import { ConfirmButton } from '../../parts/ConfirmButton';
import classes from './PaperDrop.module.css';

interface PaperDropProps {
  readonly item: string;
  readonly number: number;
  readonly papers: readonly Paper[];
  readonly onPaper: (item: string, file: File, progress: (part: number) => void) => Promise<void>;
  readonly onRecall: (paper: string) => void;
  /** Opens the form of who may read it. */
  readonly onAccess: (paper: Paper) => void;
}

interface Upload {
  readonly name: string;
  readonly part: number;
  readonly failed: boolean;
}

/** Papers of one item: dropped or chosen, with the progress of each (SCH-04). */
export function PaperDrop({ item, number, papers, onPaper, onRecall, onAccess }: PaperDropProps) {
  const { t } = useTranslation();
  const id = useId();
  const [uploads, setUploads] = useState<readonly Upload[]>([]);
  const [over, setOver] = useState(false);
  const take = (files: FileList | null) => {
    for (const file of files ?? []) {
      const note = (change: Partial<Upload> | null) =>
        setUploads((old) => {
          const rest = old.filter((upload) => upload.name !== file.name);
          return change === null ? rest : [...rest, { name: file.name, part: 0, failed: false, ...change }];
        });
      note({});
      onPaper(item, file, (part) => note({ part })).then(
        () => note(null),
        () => note({ failed: true }),
      );
    }
  };
  return (
    <div
      className={classes.place}
      data-over={over || undefined}
      onDragOver={(event) => {
        if (!event.dataTransfer.types.includes('Files')) return;
        event.preventDefault();
        setOver(true);
      }}
      onDragLeave={() => setOver(false)}
      onDrop={(event) => {
        event.preventDefault();
        setOver(false);
        take(event.dataTransfer.files);
      }}
    >
      {papers.map((paper) => (
        <span key={paper.id} className={classes.paper}>
          {paper.name}
          {paper.recalled ? (
            <em>{t('editor.recalled')}</em>
          ) : (
            <>
            <Button size="compact-sm" variant="subtle" aria-label={t('sending.accessOf', { name: paper.name })} onClick={() => onAccess(paper)}>
              {t(`sending.scope.${paper.scope ?? 'tat-ca'}`)}
              {(paper.from ?? paper.until) !== undefined && ` · ${t('sending.timed')}`}
            </Button>
            <ConfirmButton size="compact-sm" variant="subtle" onConfirm={() => onRecall(paper.id)}>
              {t('editor.recall')}
            </ConfirmButton>
            </>
          )}
        </span>
      ))}
      {uploads.map((upload) => (
        <span key={upload.name} className={classes.paper} role="status">
          {upload.name} {upload.failed ? <strong className={classes.fault}>{t('editor.paperFailed')}</strong> : <progress value={upload.part} aria-label={upload.name} />}
        </span>
      ))}
      <label htmlFor={id} className={classes.label}>
        {t('editor.dropPapers')}
        <input id={id} type="file" multiple className={classes.input} aria-label={t('editor.papersOf', { number })} onChange={(event) => take(event.currentTarget.files)} />
      </label>
    </div>
  );
}
