import { Button, Checkbox, FileInput, NumberInput, Select } from '@mantine/core';
import { notifications } from '@mantine/notifications';
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { Problem } from '../../api/problem';
import { bringTranscript, fetchTranscripts, removeTranscript, transcriptAddress } from '../../archive/dossier';
import { ConfirmButton } from '../../parts/ConfirmButton';
import { Dictation } from './Dictation';
import classes from './Player.module.css';

export const languages = ['vi', 'en', 'lo', 'km', 'zh', 'hmn'] as const;

/** What was spoken: files are brought, taken away and taken along. */
export function CaptionFold({ id }: { readonly id: string }) {
  const { t } = useTranslation();
  const client = useQueryClient();
  const all = useQuery({ queryKey: ['transcripts', id], queryFn: async () => fetchTranscripts(id) });
  const [language, setLanguage] = useState<string>('vi');
  const [file, setFile] = useState<File | null>(null);
  const [shift, setShift] = useState<number | string>(0);
  const [machine, setMachine] = useState(false);
  const failed = (error: unknown) => notifications.show({ color: 'red', message: t(`problem.${error instanceof Problem ? error.code : 'unknown'}`, { seconds: 30 }) });
  const again = async () => Promise.all(['transcripts', 'cues'].map(async (key) => client.invalidateQueries({ queryKey: [key, id] })));
  const bring = useMutation({
    mutationFn: async () => (file ? bringTranscript(id, language, file, Number(shift) * 1000, machine) : undefined),
    onSuccess: () => setFile(null),
    onError: failed,
    onSettled: again,
  });
  const remove = useMutation({ mutationFn: async (one: string) => removeTranscript(id, one), onError: failed, onSettled: again });
  const nameOf = (code: string): string => t(`player.languages.${languages.find((each) => each === code) ?? 'other'}`, { code });
  return (
    <details className={classes.fold}>
      <summary>{t('player.transcripts')}</summary>
      <ul className={classes.plain}>
        {(all.data ?? []).map((each) => (
          <li key={each.language}>
            <a href={transcriptAddress(id, each.language)} download>
              {nameOf(each.language)}
            </a>{' '}
            <span className={classes.soft}>
              {t('player.cues', { count: each.count })}
              {each.machine === true && ` · ${t('player.machine')}`}
            </span>{' '}
            <ConfirmButton size="compact-sm" variant="default" onConfirm={() => remove.mutate(each.language)}>
              {t('player.transcriptRemove')}
            </ConfirmButton>
          </li>
        ))}
      </ul>
      <Dictation id={id} onDone={again} />
      <div className={classes.exportForm}>
        <FileInput size="sm" style={{ gridColumn: '1 / -1' }} label={t('player.transcriptFile')} placeholder="VTT, SRT" accept=".vtt,.srt,text/vtt" value={file} onChange={setFile} clearable clearButtonProps={{ 'aria-label': t('player.transcriptRemove') }} />
        <Select size="sm" label={t('player.language')} allowDeselect={false} data={languages.map((each) => ({ value: each, label: nameOf(each) }))} value={language} onChange={(value) => setLanguage(value ?? 'vi')} />
        <NumberInput size="sm" label={t('player.shift')} value={shift} onChange={setShift} decimalScale={1} hideControls />
        <Checkbox size="sm" style={{ gridColumn: '1 / -1' }} label={t('player.machine')} checked={machine} onChange={(event) => setMachine(event.currentTarget.checked)} />
        <Button size="sm" disabled={file === null} loading={bring.isPending} onClick={() => bring.mutate()}>
          {t('player.transcriptBring')}
        </Button>
      </div>
    </details>
  );
}
