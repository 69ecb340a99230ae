import { Drawer } from '@mantine/core';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import type { Board } from '../../conduct/board';
import { act } from '../../live/acts';
import { PapersPanel } from '../../papers/PapersPanel';
import classes from './BoardChat.module.css';

/** The meeting's papers at a board: read, and laid before everybody. */
export function BoardPapers({ board }: { readonly board: Board }) {
  const { t } = useTranslation();
  const [open, setOpen] = useState(false);
  const { plan, live, you } = board;
  const present = (paper: string, page: number) => void act(plan.id, { do: 'present-paper', with: paper === '' ? {} : { paper, page } });
  return (
    <>
      <button type="button" className={classes.button} aria-expanded={open} onClick={() => setOpen(!open)} data-testid="board-papers">
        {t('papersRead.short')}
      </button>
      <Drawer opened={open} onClose={() => setOpen(false)} position="right" size="min(820px, 100vw)" withCloseButton={false} transitionProps={{ duration: 0 }} classNames={{ body: classes.body ?? '' }}>
        <PapersPanel
          meeting={plan.id}
          agenda={plan.agenda}
          presented={live.screen.paper}
          mayPresent={you.seats.length > 0 && live.phase !== 'be-mac'}
          onPresent={present}
          onClose={() => setOpen(false)}
        />
      </Drawer>
    </>
  );
}
