import { Button, Modal, Select, Switch } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { fetchPeople } from '../../api/meetings';
import type { Board, Person } from '../../conduct/board';
import { heirs, seatRows, type SeatRow } from '../../conduct/seats';
import type { Do } from '../../live/use-board';
import classes from './HandOver.module.css';

interface HandOverProps {
  readonly board: Board;
  readonly act: Do;
}

/** The three rights, who holds them, and the way to somebody else while the meeting goes on (CON-01). */
export function HandOver({ board, act }: HandOverProps) {
  const { t } = useTranslation();
  const [opened, setOpened] = useState(false);
  return (
    <>
      <Button variant="default" size="sm" h={38} px={9} onClick={() => setOpened(true)}>
        {t('seat.button')}
      </Button>
      <Modal opened={opened} onClose={() => setOpened(false)} size="lg" centered title={t('seat.title')} transitionProps={{ duration: 0 }} closeButtonProps={{ 'aria-label': t('app.close') }} attributes={{ header: { role: 'presentation' } }}>
        <Seats board={board} act={act} />
      </Modal>
    </>
  );
}

function Seats({ board, act }: HandOverProps) {
  const { t } = useTranslation();
  // Not everybody may read the directory; the people of the meeting are enough.
  const directory = useQuery({ queryKey: ['people'], queryFn: fetchPeople, retry: false, staleTime: 60_000 });
  return (
    <div className={classes.seats}>
      {seatRows(board).map((row) => (
        <Seat key={row.right} row={row} people={heirs(board, row.right, directory.data ?? [])} act={act} />
      ))}
      <p className={classes.note}>{t('seat.note')}</p>
    </div>
  );
}

function Seat({ row, people, act }: { readonly row: SeatRow; readonly people: readonly Person[]; readonly act: Do }) {
  const { t } = useTranslation();
  const [id, setId] = useState<string | null>(null);
  const right = t(`seat.right.${row.right}`);
  const to = people.find((person) => person.id === id);
  return (
    <section className={classes.seat} aria-label={right} data-testid="seat" data-right={row.right}>
      <h3 className={classes.right}>{right}</h3>
      <p className={classes.holder}>
        {row.holder === '' ? t('seat.nobody') : t('seat.holds', { name: row.holder })}
        {row.mine && ` (${t('seat.you')})`}
      </p>
      {row.mayHand && (
        <div className={classes.row}>
          <Select
            className={classes.who ?? ''}
            size="sm"
            aria-label={t('seat.to', { right })}
            placeholder={t('seat.choose')}
            nothingFoundMessage={t('seat.none')}
            searchable
            data={people.map((person) => ({ value: person.id ?? '', label: [person.name, person.position].filter(Boolean).join(', ') }))}
            value={id}
            onChange={setId}
            comboboxProps={{ transitionProps: { duration: 0 } }}
          />
          <Button
            disabled={!to}
            onClick={() => {
              if (to) act({ do: 'hand-over', with: { right: row.right, to } });
              setId(null);
            }}
          >
            {t('seat.hand')}
          </Button>
        </div>
      )}
      {row.mayLetRun && <Switch label={t('seat.letRun')} checked={row.runs} onChange={(event) => act({ do: 'let-run', with: { right: row.right, on: event.currentTarget.checked } })} />}
    </section>
  );
}
