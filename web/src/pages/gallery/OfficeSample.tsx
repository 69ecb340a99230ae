import { useState } from 'react';
import type { MeetingLine, MeetingView } from '../../api/meetings';
import type { Plan } from '../../conduct/board';
import { briefing } from '../../conduct/sample';
import { momentOf } from '../../i18n/zone';
import { monthDays, weekDays } from '../../office/day';
import { Calendar, type Span } from '../calendar/Calendar';
import { Editor } from '../editor/Editor';
import { Home } from '../home/Home';
import { OfficeShell } from '../office/OfficeShell';

const { plan } = briefing.board;
const day = (date: number, hour: number) => momentOf(2026, 12, date, hour, 30).toISOString();
const nothing = () => undefined;

const mine: Readonly<Record<string, Partial<MeetingLine>>> = {
  a: { mine: { rights: ['ky-thuat-vien'], point: 'LG-X1', answer: 'tham-du', untested: 2 }, overlaps: ['b'] },
  b: { overlaps: ['a'] },
  c: { mine: { rights: [], point: 'LG-X1', answer: 'chua-phan-hoi', withoutPapers: 1 } },
};

const lines: MeetingLine[] = (
  [
    ['a', plan.title, 3, 13, 16, 'da-phat-hanh'],
    ['b', plan.agenda[4]?.title ?? '', 3, 15, 17, 'du-thao'],
    ['c', plan.agenda[3]?.title ?? '', 4, 8, 10, 'da-phat-hanh'],
    ['d', plan.agenda[2]?.title ?? '', 5, 8, 11, 'huy'],
  ] as const
).map(([id, title, date, from, to, state]) => ({ id, title, type: 'giao-ban', host: plan.host, chair: plan.people.chair?.name ?? '', start: day(date, from), end: day(date, to), state, version: 1, points: 11, invited: 96, ...mine[id] }));

const emptyPlan: Plan = { id: 'x', type: 'giao-ban', title: '', host: plan.host, people: {}, main: '', points: [], agenda: [], secrecy: 'mat' };

function viewOf(of: Plan, state: MeetingView['state']): MeetingView {
  return { id: of.id, revision: 1, state, version: 1, plan: of, missing: [], deadlines: { papers: '2026-11-30', notice: '2026-12-10' }, warnings: [], mine: { rights: ['thu-ky'], edit: true } };
}

export function OfficeSample({ page }: { readonly page: 'home' | 'week' | 'month' | 'editor' | 'editor-empty' }) {
  const [span, setSpan] = useState<Span>(page === 'month' ? 'month' : 'week');
  const [shown, setShown] = useState(() => new Date(briefing.now));
  if (page === 'home') {
    return (
      <OfficeShell>
        <Home session={{ stage: 'in', person: 'p', name: plan.people.chair?.name ?? '', rights: ['chu-tri'], point: 'LG-X1' }} ready={[]} lines={lines} loading={false} now={briefing.now} replying={false} onReply={nothing} />
      </OfficeShell>
    );
  }
  if (page === 'week' || page === 'month') {
    return (
      <OfficeShell>
        <Calendar span={span} day={shown} days={span === 'week' ? weekDays(shown) : monthDays(shown)} lines={lines} loaded now={briefing.now} onSpan={setSpan} onDay={setShown} onMove={nothing} />
      </OfficeShell>
    );
  }
  return (
    <OfficeShell>
      <Editor
        view={page === 'editor' ? viewOf(plan, 'da-phat-hanh') : viewOf(emptyPlan, 'du-thao')}
        map={plan.points.map(({ id, name, kind }) => ({ id, name, kind, ...(id === 'LG-00' ? {} : { parent: 'LG-00' }) }))}
        people={[plan.people.chair, plan.people.secretary, plan.people.technician].flatMap((person) => person ?? [])}
        papers={[{ id: 'p1', item: 'muc-3', name: 'bao-cao-tom-tat.pdf', size: 200_000 }]}
        replies={[{ point: 'LG-X1', answer: 'tham-du' }]}
        check={{ ready: false, problems: [], conflicts: page === 'editor' ? [{ text: lines[1]?.title ?? '', start: '', end: '' }] : [], warnings: [] }}
        collides={false}
        busy={false}
        onSave={nothing}
        onPublish={nothing}
        onConsent={nothing}
        onAccess={async () => undefined}
        onPutOff={nothing}
        onPaper={async () => undefined}
        onRecall={nothing}
      />
    </OfficeShell>
  );
}
