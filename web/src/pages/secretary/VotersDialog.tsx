import { Button, Modal } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { useTranslation } from 'react-i18next';
import { fetchPeople } from '../../api/meetings';
import type { Plan, Voter } from '../../conduct/board';
import { VotersEditor } from '../editor/VotersEditor';

interface VotersDialogProps {
  readonly opened: boolean;
  readonly onClose: () => void;
  readonly plan: Plan;
  readonly voters: readonly Voter[];
  readonly onVoters: (voters: readonly Voter[]) => void;
}

/** The list of one question, where it is another than the plan's or the plan has none. */
export function VotersDialog({ opened, onClose, plan, voters, onVoters }: VotersDialogProps) {
  const { t } = useTranslation();
  const people = useQuery({ queryKey: ['people'], queryFn: fetchPeople, retry: false, enabled: opened });
  return (
    <Modal opened={opened} onClose={onClose} size="lg" title={t('people.voters')} centered transitionProps={{ duration: 0 }} closeButtonProps={{ 'aria-label': t('app.close') }} attributes={{ header: { role: 'presentation' } }}>
      <VotersEditor plan={plan} voters={voters} people={people.data ?? []} onVoters={onVoters} />
      <Button mt={14} fullWidth onClick={onClose}>
        {t('app.close')}
      </Button>
    </Modal>
  );
}
