import { Button } from '@mantine/core';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import type { MeetingLine, NewReply } from '../../api/meetings';
import { at } from '../../conduct/board';
import { dateText, timeText } from '../../i18n/clock';
import { ReplyForm } from '../invitation/ReplyForm';
import { Asked } from './Asked';

interface InvitedProps {
  readonly line: MeetingLine;
  readonly busy: boolean;
  readonly onReply: (answer: NewReply) => void;
}

/** An invitation that his point has not answered: it comes by one press, or with a reason or a substitute (SCH-05). */
export function Invited({ line, busy, onReply }: InvitedProps) {
  const { t } = useTranslation();
  const [other, setOther] = useState(false);
  const start = new Date(at(line.start));
  return (
    <>
      <Asked title={t('home.reply')} text={`${line.title} · ${timeText(start)} ${dateText(start)}`}>
        <Button loading={busy} onClick={() => onReply({ answer: 'tham-du' })}>
          {t('home.comes')}
        </Button>
        <Button variant="default" aria-expanded={other} onClick={() => setOther(!other)}>
          {t('home.otherReply')}
        </Button>
      </Asked>
      {other && <ReplyForm reply={null} onReply={onReply} />}
    </>
  );
}
