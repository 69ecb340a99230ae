import { useQuery } from '@tanstack/react-query';
import { useParams } from '@tanstack/react-router';
import { useTranslation } from 'react-i18next';
import { fetchMeeting } from '../../api/meetings';
import { Notice } from '../../app/Notice';
import { Refusal } from '../../app/Refusal';
import { OfficeShell } from '../office/OfficeShell';
import { MinutesDesk } from './MinutesDesk';

/** Minutes and documents of a meeting after it, for who writes, signs or reads them. */
export function MinutesPage() {
  const { t } = useTranslation();
  const { meeting = '' } = useParams({ strict: false });
  const view = useQuery({ queryKey: ['meeting', meeting], queryFn: async () => fetchMeeting(meeting), refetchOnWindowFocus: false });
  if (view.isPending) return <Notice title={t('editor.loading')} />;
  if (!view.data) return <Refusal error={view.error} />;
  return (
    <OfficeShell>
      <h1 style={{ margin: '0 0 12px', fontSize: 22 }}>{view.data.plan.title}</h1>
      <MinutesDesk meeting={meeting} rights={view.data.mine.rights} />
    </OfficeShell>
  );
}
