import { Button, SegmentedControl, TextInput } from '@mantine/core';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { Problem } from '../../api/problem';
import { emptySheet, sheetFault, sheetLines, verdictOf, type Checks } from '../../conduct/sheet';
import { lastSheet, saveSheet } from '../../live/acts';
import classes from './Sheet.module.css';

interface SheetProps {
  readonly meeting: string;
  readonly point: string;
}

/** The check sheet of one point: five lines, each passed or failed, and a word for what failed (SCH-06). */
export function Sheet({ meeting, point }: SheetProps) {
  const { t } = useTranslation();
  const [opened, setOpened] = useState(false);
  const [checks, setChecks] = useState<Checks>(emptySheet);
  const [note, setNote] = useState('');
  const [said, setSaid] = useState('');
  const fault = sheetFault(checks, note);
  const verdict = verdictOf(checks);
  const save = async () => {
    try {
      await saveSheet(meeting, { point, checks, note: note.trim() });
      setSaid(t('tech.sheetSaved', { verdict: t(`tech.mark.${verdict || 'none'}`) }));
      setOpened(false);
    } catch (error) {
      setSaid(t(`problem.${error instanceof Problem ? error.code : 'unknown'}`, { seconds: 30 }));
    }
  };
  // What was found before stands: after a repair one line is marked anew, not all five.
  const begin = async () => {
    const last = await lastSheet(meeting, point).catch(() => null);
    setChecks(last?.checks ?? emptySheet);
    setNote(last?.note ?? '');
    setOpened(true);
  };
  if (!opened) {
    return (
      <div className={classes.closed}>
        <Button
          variant="default"
          onClick={() => {
            setSaid('');
            void begin();
          }}
        >
          {t('tech.sheet')}
        </Button>
        <a className={classes.print} href={`/api/meetings/${encodeURIComponent(meeting)}/documents/checks.pdf?point=${encodeURIComponent(point)}`} target="_blank" rel="noreferrer">
          {t('tech.sheetPrint')}
        </a>
        {said !== '' && <span role="status">{said}</span>}
      </div>
    );
  }
  return (
    <form
      className={classes.sheet}
      aria-label={t('tech.sheet')}
      onSubmit={(event) => {
        event.preventDefault();
        if (fault === null) void save();
      }}
    >
      {sheetLines.map((line) => (
        <div key={line} className={classes.line}>
          <span>{t(`tech.check.${line}`)}</span>
          <SegmentedControl
            size="sm"
            transitionDuration={0}
            aria-label={t(`tech.check.${line}`)}
            value={checks[line]}
            onChange={(mark) => setChecks({ ...checks, [line]: mark })}
            data={[
              { value: '', label: t('tech.mark.none') },
              { value: 'dat', label: t('tech.mark.dat') },
              { value: 'khong-dat', label: t('tech.mark.khong-dat') },
            ]}
          />
        </div>
      ))}
      <TextInput size="sm" label={t('tech.sheetNote')} required={verdict === 'khong-dat'} value={note} onChange={(event) => setNote(event.currentTarget.value)} />
      <div className={classes.foot}>
        <Button type="submit" disabled={fault !== null}>
          {t('tech.sheetSave')}
        </Button>
        <Button variant="default" onClick={() => setOpened(false)}>
          {t('app.close')}
        </Button>
        {said !== '' && <span role="alert">{said}</span>}
      </div>
    </form>
  );
}
