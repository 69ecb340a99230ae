import { Button } from '@mantine/core';
import { useMutation, useQueryClient } from '@tanstack/react-query';
import { useTranslation } from 'react-i18next';
import { decideGuest, makeGuestLink } from '../../api/guest';
import { useGuests } from '../../live/use-guests';
import { dateText, timeText } from '../../i18n/clock';
import { useRefused } from '../../live/use-board';
import { Panel } from '../../parts/Panel';
import table from '../../parts/table.module.css';
import classes from './GuestDoor.module.css';


/** The door of the waiting room, from inside: a link for guests, who waits, who was let in (SEC-09). */
export function GuestDoor({ meeting }: { readonly meeting: string }) {
  const { t } = useTranslation();
  const client = useQueryClient();
  const guests = useGuests(meeting, true);
  const refused = useRefused();
  const link = useMutation({ mutationFn: async () => makeGuestLink(meeting), onError: (error) => void refused(error) });
  const decide = useMutation({
    mutationFn: async ({ guest, how }: { guest: string; how: 'admit' | 'refuse' }) => decideGuest(meeting, guest, how),
    onError: (error) => void refused(error),
    onSettled: async () => client.invalidateQueries({ queryKey: ['guests', meeting] }),
  });
  const ends = link.data ? new Date(link.data.ends) : null;
  return (
    <Panel
      title={t('guest.hall')}
      fill
      aside={
        <Button size="sm" variant="default" loading={link.isPending} onClick={() => link.mutate()}>
          {t('guest.link')}
        </Button>
      }
    >
      {link.data && ends && (
        <p className={classes.link}>
          <output>{`${window.location.origin}/khach#${link.data.key}`}</output>
          <span>{t('guest.linkText', { time: `${timeText(ends)} ${dateText(ends)}` })}</span>
        </p>
      )}
      {(guests.data ?? []).length === 0 && <p className={table.empty}>{t('guest.none')}</p>}
      <table className={table.table}>
        <tbody>
          {(guests.data ?? []).map((guest) => (
            <tr key={guest.id} data-testid="guest" data-state={guest.state}>
              <td className={table.strong}>{guest.name}</td>
              <td>{guest.unit ?? ''}</td>
              <td>{t(`guest.state.${guest.state === 'cho-vao' || guest.state === 'tu-choi' ? guest.state : 'cho'}`)}</td>
              <td className={classes.acts}>
                {guest.state !== 'cho-vao' && (
                  <Button size="sm" onClick={() => decide.mutate({ guest: guest.id, how: 'admit' })}>
                    {t('guest.admit')}
                  </Button>
                )}
                {guest.state !== 'tu-choi' && (
                  <Button size="sm" variant="default" onClick={() => decide.mutate({ guest: guest.id, how: 'refuse' })}>
                    {t('guest.refuse')}
                  </Button>
                )}
              </td>
            </tr>
          ))}
        </tbody>
      </table>
    </Panel>
  );
}
