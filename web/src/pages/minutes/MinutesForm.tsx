import { Button, Textarea } from '@mantine/core';
import { useMutation, useQuery } from '@tanstack/react-query';
import { useTranslation } from 'react-i18next';
import { fetchPeople } from '../../api/meetings';
import { saveMinutes, type MinutesFields, type MinutesVersion } from '../../api/minutes';
import { Problem } from '../../api/problem';
import { useDraftOf } from '../../live/drafts';
import { lacksOf, listed } from '../../office/minutes';
import { PeopleList } from '../editor/PeopleList';
import { Held } from '../../parts/Held';
import { useSession } from '../office/use-session';
import { ConclusionFields } from './ConclusionFields';
import { CourseFields } from './CourseFields';
import { HeadFields } from './HeadFields';
import classes from './MinutesForm.module.css';
import { PointLines } from './PointLines';

export interface FieldsProps {
  readonly fields: MinutesFields;
  readonly onFields: (fields: MinutesFields) => void;
}

interface MinutesFormProps {
  readonly meeting: string;
  readonly version: MinutesVersion;
  readonly onSaved: () => Promise<unknown>;
  readonly onClose: () => void;
}

interface Typed {
  /** What the text was when the typing began: another's change in between is not written over. */
  readonly revision: string;
  readonly fields: MinutesFields;
}

/** The draft field by field, so that it says what was said and a correction corrects (MIN-01, MIN-04). Votes and recordings are the log's. */
export function MinutesForm({ meeting, version, onSaved, onClose }: MinutesFormProps) {
  const { t } = useTranslation();
  const person = useSession().data?.person ?? '';
  const people = useQuery({ queryKey: ['people'], queryFn: fetchPeople, retry: false, staleTime: 60_000 }).data ?? [];
  const draft = useDraftOf<Typed | null>(meeting, person, `minutes ${version.number}`);
  const typed = draft.value ?? null;
  const fields = typed?.fields ?? version.fields;
  const change = (next: MinutesFields) => draft.type({ revision: typed?.revision ?? version.revision, fields: next });
  const save = useMutation({
    mutationFn: async (sent: Typed) => saveMinutes(meeting, sent.revision, sent.fields),
    onSuccess: async (_, sent) => {
      draft.arrived(sent);
      await onSaved();
      onClose();
    },
  });
  const lacks = lacksOf(fields);
  const problem = save.error instanceof Problem ? save.error : null;
  const fault = problem ? (problem.status === 412 ? t('writing.stale') : problem.places.map((place) => place.message).find(Boolean) ?? t(`problem.${problem.code}`, { seconds: 30 })) : '';
  return (
    <form
      className={classes.form}
      aria-label={t('writing.edit')}
      onSubmit={(event) => {
        event.preventDefault();
        if (typed && lacks.length === 0) save.mutate(typed);
      }}
    >
      <Held may={!save.isPending}>
        <HeadFields fields={fields} onFields={change} />
        <PointLines fields={fields} onFields={change} />
        <section className={classes.part}>
          <PeopleList title={t('writing.hall')} people={people} list={fields.attendance.hall ?? []} onList={(hall) => change({ ...fields, attendance: { ...fields.attendance, hall: [...hall] } })} />
          <PeopleList title={t('writing.guests')} people={people} list={fields.attendance.guests ?? []} onList={(guests) => change({ ...fields, attendance: { ...fields.attendance, guests: [...guests] } })} />
        </section>
        <CourseFields fields={fields} onFields={change} />
        <ConclusionFields fields={fields} onFields={change} />
        <Textarea size="sm" autosize minRows={2} label={t('writing.recipients')} description={t('writing.recipientsHint')} defaultValue={(fields.recipients ?? []).join('\n')} onChange={(event) => change({ ...fields, recipients: listed(event.currentTarget.value) })} />
      </Held>
      <div className={classes.end}>
        {fault !== '' && (
          <p role="alert" className={classes.fault}>
            {fault}
          </p>
        )}
        {lacks.map((lack) => (
          <p key={lack} className={classes.fault}>
            {t(`writing.lack.${lack}`)}
          </p>
        ))}
        <Button type="submit" loading={save.isPending} disabled={typed === null || lacks.length > 0}>
          {t('writing.save')}
        </Button>
        <Button
          variant="default"
          disabled={save.isPending}
          onClick={() => {
            draft.type(null);
            onClose();
          }}
        >
          {t('writing.discard')}
        </Button>
      </div>
    </form>
  );
}
