import { Button, TextInput } from '@mantine/core';
import { notifications } from '@mantine/notifications';
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { correctMinutes, fetchMinutes, fetchNotice, noticeSent, renumberMinutes, stepMinutes, type MinutesStep } from '../../api/minutes';
import { Problem } from '../../api/problem';
import { Panel } from '../../parts/Panel';
import { useProved } from '../account/use-proved';
import { ConfirmButton } from '../../parts/ConfirmButton';
import { Downloads } from './Downloads';
import { MinutesForm } from './MinutesForm';
import { MinutesSheet } from './MinutesSheet';
import { NoticeLine } from './NoticeLine';
import { RightNumber } from './RightNumber';
import classes from './MinutesDesk.module.css';

interface MinutesDeskProps {
  readonly meeting: string;
  readonly rights: readonly string[];
}

/** Draft, submitted, signed; a correction is a version of its own (MIN-04). The secretary writes, the chair signs. */
export function MinutesDesk({ meeting, rights }: MinutesDeskProps) {
  const { t } = useTranslation();
  const client = useQueryClient();
  const [reason, setReason] = useState('');
  const [edits, setEdits] = useState(false);
  const versions = useQuery({ queryKey: ['minutes', meeting], queryFn: async () => fetchMinutes(meeting), retry: false });
  const notice = useQuery({ queryKey: ['notice', meeting], queryFn: async () => fetchNotice(meeting), retry: false });
  const refresh = async () => Promise.all(['minutes', 'notice'].map(async (key) => client.invalidateQueries({ queryKey: [key, meeting] })));
  const step = useMutation({
    mutationFn: async (deed: () => Promise<void>) => deed(),
    onError: (error) => {
      const problem = error instanceof Problem ? error : new Problem('unknown');
      const message = problem.places.map((place) => place.message).find(Boolean) ?? t(`problem.${problem.code}`, { seconds: 30 });
      notifications.show({ closeButtonProps: { 'aria-label': t('app.close') }, color: 'red', title: t('board.refused'), message });
    },
    onSettled: refresh,
  });
  const proved = useProved();
  const last = versions.data?.at(-1);
  const newestFirst = [...(versions.data ?? [])].sort((a, b) => b.number - a.number);
  const writes = rights.includes('thu-ky');
  const signs = rights.includes('chu-tri');
  const button = (name: MinutesStep, word: string, filled = true) => (
    <Button size="md" variant={filled ? 'filled' : 'default'} loading={step.isPending} onClick={() => step.mutate(async () => stepMinutes(meeting, name, last))}>
      {word}
    </Button>
  );
  return (
    <div className={classes.desk}>
      <Panel title={t('signing.title')} aside={last && t(`signing.stage.${last.stage === 'da-ky' || last.stage === 'trinh-ky' ? last.stage : 'du-thao'}`)} fill>
        <div className={classes.acts} data-testid="minutes-acts">
          {!last && !versions.isPending && <p className={classes.none}>{t('signing.none')}</p>}
          {writes && !last && button('draft', t('signing.draft'))}
          {writes && last?.stage === 'du-thao' && (
            <>
              {!edits && button('submit', t('signing.submit'))}
              {!edits && (
                <Button size="md" variant="default" onClick={() => setEdits(true)}>
                  {t('writing.edit')}
                </Button>
              )}
              {!edits && last.corrects === undefined && (
                <ConfirmButton size="md" variant="default" disabled={step.isPending} onConfirm={() => step.mutate(async () => stepMinutes(meeting, 'draft'))}>
                  {t('writing.again')}
                </ConfirmButton>
              )}
            </>
          )}
          {last?.stage === 'trinh-ky' && (
            <>
              {signs && (
                <Button size="md" loading={proved.busy} onClick={() => proved.act(async () => stepMinutes(meeting, 'sign', last))}>
                  {t('signing.sign')}
                </Button>
              )}
              {(writes || signs) && button('take-back', t('signing.takeBack'), false)}
            </>
          )}
          {writes && last?.stage === 'da-ky' && (
            <>
              {(last.fields.head.number ?? '') === '' ? button('number', t('signing.number')) : <RightNumber onNumber={(number) => step.mutate(async () => renumberMinutes(meeting, number))} />}
              <TextInput size="sm" aria-label={t('signing.reason')} placeholder={t('signing.reason')} maxLength={2_000} value={reason} onChange={(event) => setReason(event.currentTarget.value)} />
              <Button
                variant="default"
                disabled={reason.trim() === ''}
                onClick={() => {
                  step.mutate(async () => correctMinutes(meeting, reason.trim()));
                  setReason('');
                }}
              >
                {t('signing.correct')}
              </Button>
            </>
          )}
        </div>
        {proved.fault !== '' && (
          <p role="alert" className={classes.broken}>
            {proved.fault}
          </p>
        )}
        {edits && writes && last?.stage === 'du-thao' && <MinutesForm key={last.number} meeting={meeting} version={last} onSaved={refresh} onClose={() => setEdits(false)} />}
        {newestFirst.map((version) => (
          <MinutesSheet key={version.number} meeting={meeting} version={version} open={version === last} />
        ))}
      </Panel>
      <div className={classes.side}>
        {notice.data && <NoticeLine notice={notice.data} onSent={writes ? () => step.mutate(async () => noticeSent(meeting)) : null} />}
        <Downloads meeting={meeting} minutes={last !== undefined} />
      </div>
      {proved.dialog}
    </div>
  );
}
