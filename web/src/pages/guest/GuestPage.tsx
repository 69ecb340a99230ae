import { Button } from '@mantine/core';
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import type { JoinGrant } from '../../api/bridge';
import { askAsGuest, fetchVisit, type GuestVisit } from '../../api/guest';
import { Problem } from '../../api/problem';
import { entrance } from '../../app/media-door';
import { Notice } from '../../app/Notice';
import { DeviceRig } from '../../device/rig';
import { GuestForm } from './GuestForm';

const everyMs = 2_000;

function grantOf(visit: GuestVisit): JoinGrant {
  const token = visit.token ?? '';
  const identity = tokenSubject(token);
  return { url: '', token, room: { id: visit.meeting, title: '' }, point: { id: identity, name: visit.name, kind: 'khach' } };
}

/** Who the token says that one is: the middle of a JSON Web Token. */
function tokenSubject(token: string): string {
  try {
    const claims: unknown = JSON.parse(atob((token.split('.')[1] ?? '').replaceAll('-', '+').replaceAll('_', '/')));
    return typeof claims === 'object' && claims !== null && 'sub' in claims ? String(claims.sub) : '';
  } catch {
    return '';
  }
}

/** The page of a guest's link: a name, then waiting until somebody opens the door (SEC-09). A reload goes on waiting. */
export function GuestPage() {
  const { t } = useTranslation();
  const client = useQueryClient();
  const [key] = useState(() => window.location.hash.slice(1));
  const visit = useQuery({
    queryKey: ['visit'],
    queryFn: async () => fetchVisit(),
    retry: false,
    refetchInterval: (query) => (query.state.data?.state === 'cho' ? everyMs : false),
  });
  const ask = useMutation({
    mutationFn: async ({ name, unit }: { name: string; unit: string }) => askAsGuest(key, name, unit),
    onSuccess: (fresh) => client.setQueryData(['visit'], fresh),
  });
  const enter = useMutation({
    mutationFn: async (admitted: GuestVisit) => {
      const rig = new DeviceRig();
      await rig.open();
      entrance.enterAsGuest(grantOf(admitted), async () => grantOf(await fetchVisit()), () => rig.handOver());
    },
  });
  if (visit.isPending) return <Notice title={t('app.loading')} />;
  const state = visit.data?.state;
  // Who was refused once may ask again with another link.
  if (visit.data && state === 'cho') return <Notice title={t('guest.waiting')} text={t('guest.waitingText', { name: visit.data.name })} />;
  if (visit.data && state === 'cho-vao') {
    const admitted = visit.data;
    return (
      <Notice title={t('guest.admitted')} text={admitted.name}>
        <Button size="lg" loading={enter.isPending} onClick={() => enter.mutate(admitted)}>
          {t('home.join')}
        </Button>
      </Notice>
    );
  }
  if (key === '') return <Notice title={state === 'tu-choi' ? t('guest.refused') : t('guest.badLink')} text={t('guest.refusedText')} />;
  const problem = ask.error instanceof Problem ? ask.error : null;
  const fault = problem ? (problem.status === 404 ? t('guest.badLink') : t(`problem.${problem.code}`, { seconds: problem.retryAfter ?? 30 })) : '';
  return <GuestForm refused={state === 'tu-choi'} fault={fault} busy={ask.isPending} onAsk={(name, unit) => ask.mutate({ name, unit })} />;
}
