import { Button, Checkbox, Modal, Select, Textarea, TextInput } from '@mantine/core';
import { useMutation } from '@tanstack/react-query';
import { useMemo, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { Problem } from '../../api/problem';
import type { Detail } from '../../archive/desk';
import type { Level } from '../../archive/dossier';
import { pointName, timeCode, timeOf } from '../../archive/lanes';
import type { Cut } from '../../archive/player';
import { orderVersion, sourcesOf, type Kind, type Source, type Stretch } from '../../archive/redaction';
import { useProof, type Proof } from '../account/use-proof';
import classes from './Player.module.css';

const levels: readonly Level[] = ['meeting', 'office', 'closed'];
const kinds: readonly Kind[] = ['picture', 'sound', 'content'];

interface RedactDialogProps {
  readonly detail: Detail;
  readonly cut: Cut | null;
  readonly onClose: () => void;
  readonly onOrdered: () => void;
}

/** From where to where, of whom, why, and for whom. */
export function RedactDialog({ detail, cut, onClose, onOrdered }: RedactDialogProps) {
  const { t } = useTranslation();
  const [kept, setKept] = useState<readonly Stretch[]>([]);
  const [from, setFrom] = useState(timeCode(cut?.from ?? 0));
  const [to, setTo] = useState(timeCode(Math.ceil((cut?.to ?? 0) / 1000) * 1000));
  const [chosen, setChosen] = useState<readonly string[]>([]);
  const [reason, setReason] = useState('');
  const [level, setLevel] = useState<Level | ''>('');
  const proof = useProof();
  const [begin, end] = [timeOf(from), timeOf(to)];
  const fits = begin !== null && end !== null && begin < end && begin < detail.length;
  const sources = useMemo(() => (fits ? sourcesOf(detail, begin, end) : []), [detail, fits, begin, end]);
  const picked = sources.filter((each) => chosen.includes(each.key));
  const here: Stretch | null = fits && picked.length > 0 ? { from: begin, to: end, legs: picked.flatMap((each) => each.legs) } : null;
  const cuts = here ? [...kept, here] : kept;
  const order = useMutation({ mutationFn: async (proved: Proof) => orderVersion(detail.id, cuts, reason.trim(), level, proved), onSuccess: onOrdered, onError: proof.clear });
  const complete = cuts.length > 0 && reason.trim() !== '';
  const fault = order.error === null ? '' : t(`problem.${order.error instanceof Problem ? order.error.code : 'unknown'}`, { seconds: 30 });
  return (
    <Modal opened onClose={onClose} size={680} centered title={<strong>{t('redaction.act')}</strong>} transitionProps={{ duration: 0 }} closeButtonProps={{ 'aria-label': t('app.close') }} attributes={{ header: { role: 'presentation' } }}>
      <form
        className={classes.sheet}
        onSubmit={(event) => {
          event.preventDefault();
          order.mutate(proof.typed);
        }}
      >
        <p style={{ margin: 0 }}>{t('redaction.text')}</p>
        <div className={classes.exportForm} style={{ margin: 0, alignItems: 'start' }}>
          <TextInput label={t('redaction.from')} value={from} maxLength={10} onChange={(event) => setFrom(event.currentTarget.value)} error={begin === null ? t('redaction.time') : undefined} data-autofocus />
          <TextInput label={t('redaction.to')} value={to} maxLength={10} onChange={(event) => setTo(event.currentTarget.value)} error={begin !== null && !fits ? t('redaction.time') : undefined} />
        </div>
        {fits && <Sources detail={detail} sources={sources} chosen={chosen} onChosen={setChosen} />}
        {(kept.length > 0 || here) && (
          <Kept
            detail={detail}
            kept={kept}
            onDrop={(one) => setKept(kept.filter((each) => each !== one))}
            onMore={
              here
                ? () => {
                    setKept(cuts);
                    setChosen([]);
                  }
                : null
            }
          />
        )}
        <Textarea label={t('redaction.why')} autosize minRows={1} maxLength={1_000} value={reason} onChange={(event) => setReason(event.currentTarget.value)} />
        <div className={classes.exportForm} style={{ margin: 0 }}>
          <Select label={t('redaction.level')} allowDeselect={false} data={[{ value: '', label: t('redaction.same') }, ...levels.map((each) => ({ value: each, label: t(`player.levels.${each}`) }))]} value={level} onChange={(value) => setLevel(levels.find((each) => each === value) ?? '')} />
          {proof.field}
        </div>
        {fault !== '' && (
          <p role="alert" style={{ margin: 0 }}>
            {fault}
          </p>
        )}
        <div className={classes.acts}>
          <Button type="submit" loading={order.isPending} disabled={!complete || !proof.given}>
            {t('redaction.act')}
          </Button>
          {proof.others((proved) => order.mutate(proved), !complete || order.isPending)}
        </div>
      </form>
    </Modal>
  );
}

interface SourcesProps {
  readonly detail: Detail;
  readonly sources: readonly Source[];
  readonly chosen: readonly string[];
  readonly onChosen: (keys: readonly string[]) => void;
}

/** Points from top to bottom, what they sent from left to right. */
function Sources({ detail, sources, chosen, onChosen }: SourcesProps) {
  const { t } = useTranslation();
  if (sources.length === 0) return <p style={{ margin: 0 }}>{t('redaction.none')}</p>;
  const columns = kinds.filter((kind) => sources.some((each) => each.kind === kind));
  const points = [...new Set(sources.map((each) => each.point))];
  const all = sources.every((each) => chosen.includes(each.key));
  const turn = (key: string) => onChosen(chosen.includes(key) ? chosen.filter((each) => each !== key) : [...chosen, key]);
  return (
    <div style={{ maxHeight: 176, overflow: 'auto' }} role="group" aria-label={t('redaction.tracks')}>
      <table className={classes.sources}>
        <thead>
          <tr>
            <th scope="col">
              <Checkbox label={`${t('redaction.tracks')}: ${t('redaction.all').toLowerCase()}`} checked={all} indeterminate={!all && chosen.length > 0} onChange={() => onChosen(all ? [] : sources.map((each) => each.key))} />
            </th>
            {columns.map((kind) => (
              <th key={kind} scope="col">
                {t(`redaction.columns.${kind}`)}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {points.map((point) => (
            <tr key={point}>
              <th scope="row">{pointName(detail, point)}</th>
              {columns.map((kind) => {
                const source = sources.find((each) => each.point === point && each.kind === kind);
                return (
                  <td key={kind}>
                    {source && (
                      <Checkbox
                        aria-label={`${pointName(detail, point)}: ${t(`redaction.columns.${kind}`)}`}
                        checked={chosen.includes(source.key)}
                        onChange={() => turn(source.key)}
                        styles={{ body: { justifyContent: 'center' } }}
                      />
                    )}
                  </td>
                );
              })}
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}

interface KeptProps {
  readonly detail: Detail;
  readonly kept: readonly Stretch[];
  readonly onDrop: (one: Stretch) => void;
  readonly onMore: (() => void) | null;
}

/** The stretches that were chosen before. */
function Kept({ detail, kept, onDrop, onMore }: KeptProps) {
  const { t } = useTranslation();
  const count = (stretch: Stretch) => sourcesOf(detail, stretch.from, stretch.to).filter((source) => source.legs.some((leg) => stretch.legs.includes(leg))).length;
  return (
    <div>
      {kept.length > 0 && (
        <ul className={classes.plain} aria-label={t('redaction.chosen')} style={{ margin: '0 0 6px' }}>
          {kept.map((each) => (
            <li key={`${each.from} ${each.to} ${each.legs.join(' ')}`}>
              <span className={classes.chapterTime}>
                {timeCode(each.from)}–{timeCode(each.to)}
              </span>{' '}
              <span className={classes.soft}>{t('redaction.sources', { count: count(each) })}</span>{' '}
              <Button size="compact-sm" variant="default" aria-label={t('redaction.drop', { from: timeCode(each.from), to: timeCode(each.to) })} onClick={() => onDrop(each)}>
                ✕
              </Button>
            </li>
          ))}
        </ul>
      )}
      {onMore && (
        <Button size="compact-md" variant="subtle" onClick={onMore}>
          + {t('redaction.more')}
        </Button>
      )}
    </div>
  );
}
