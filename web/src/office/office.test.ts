import { describe, expect, test } from 'vitest';
import type { MinutesFields } from '../api/minutes';
import { briefing } from '../conduct/sample';
import { dayOf, timeText } from '../i18n/clock';
import { momentOf } from '../i18n/zone';
import { addAward, dropAward, raiseAward, withAward } from './awards';
import { beginOf, monthDays, onDay, timeAt, weekDays } from './day';
import { addItem, dropItem, isSecret, itemStarts, missingFields, raiseItem, withMain, withPoints } from './draft';
import { asksOf, boardIn, byDay, isOn } from './lines';
import { dueMeeting, isPast, isRunning, readLeft, writeLeft } from './machine';
import { addVoter, dropVoter, invited, leadersVote, moveVoter, withHeads, withKnownLeaders, withPoint } from './members';
import { addTask, dropTask, lacksOf, listed, withHour, withLine, withSpeech } from './minutes';
import { choicesOf, matching, namesakes, personOf } from './people';

const { plan } = briefing.board;
const line = (id: string, start: string, end: string, state: 'da-phat-hanh' | 'huy' = 'da-phat-hanh') => ({
  id, title: id, type: 'giao-ban', host: '', start, end, state, version: 1, points: 3, invited: 30,
});

describe('the calendar', () => {
  test('weeks begin on Monday, months are whole weeks', () => {
    expect(weekDays(momentOf(2026, 12, 6)).map(dayOf)).toEqual(['2026-11-30', '2026-12-01', '2026-12-02', '2026-12-03', '2026-12-04', '2026-12-05', '2026-12-06']);
    const days = monthDays(momentOf(2026, 2, 15));
    expect(days.length).toBe(35);
    expect(monthDays(momentOf(2026, 11, 1)).length).toBe(42);
    expect(dayOf(days[0]!)).toBe('2026-01-26');
  });

  test('SCH-05 SCH-06 asks for a reply until there is one, also today, and for papers and test runs that are missing', () => {
    const now = Date.parse('2026-12-03T08:00:00+07:00');
    const of = (id: string, hour: number, mine: object) => ({ ...line(id, `2026-12-03T${hour}:00:00+07:00`, `2026-12-03T${hour + 1}:00:00+07:00`), mine: { rights: [], ...mine } });
    const asks = asksOf(
      [
        of('later', 15, { point: 'LG-X1', answer: 'chua-phan-hoi' }),
        of('today', 10, { point: 'LG-X1', answer: 'chua-phan-hoi', untested: 3 }),
        of('comes', 11, { point: 'LG-X1', answer: 'vang', withoutPapers: 2 }),
        of('watcher', 12, { answer: 'chua-phan-hoi' }),
        line('none', '2026-12-03T13:00:00+07:00', '2026-12-03T14:00:00+07:00'),
      ],
      now,
    );
    const ids = Object.fromEntries(Object.entries(asks).map(([what, list]) => [what, (list as { id: string }[]).map((each) => each.id)]));
    expect(ids).toEqual({ replies: ['today', 'later'], papers: ['comes'], tests: ['today'], drafts: [] });
    expect(asksOf([of('today', 10, { point: 'LG-X1', answer: 'chua-phan-hoi' })], Date.parse('2026-12-03T10:00:00+07:00')).replies).toEqual([]);
  });

  test('CON-01 a board is offered by the rights in that meeting', () => {
    const own = line('a', '2026-12-03T14:00:00+07:00', '2026-12-03T15:00:00+07:00');
    expect(boardIn(own)).toBeNull();
    expect(boardIn({ ...own, mine: { rights: ['dai-bieu'], point: 'LG-X1' } })).toBeNull();
    expect(boardIn({ ...own, mine: { rights: ['ky-thuat-vien', 'thu-ky'] } })).toBe('/hop/a/thu-ky');
  });

  test('SCH-09 moving a meeting keeps its hour', () => {
    const moved = new Date(onDay('2026-12-03T06:30:00Z', '2026-12-07'));
    expect([dayOf(moved), timeText(moved)]).toEqual(['2026-12-07', '13:30']);
    expect(timeAt('2026-12-07', '1330')).toBeUndefined();
    expect(timeAt('2026-12-07', '13:30')).toBe('2026-12-07T06:30:00.000Z');
    expect([beginOf('2026-12-31', 1), beginOf('')]).toEqual(['2026-12-31T17:00:00.000Z', undefined]);
  });

  test('lists days in order', () => {
    const late = line('b', '2026-12-03T14:00:00+07:00', '2026-12-03T15:00:00+07:00');
    const early = line('a', '2026-12-03T13:30:00+07:00', '2026-12-03T14:30:00+07:00');
    const off = line('d', '2026-12-03T14:00:00+07:00', '2026-12-03T15:00:00+07:00', 'huy');
    expect([...byDay([off, late, early]).values()][0]?.map((each) => each.id)).toEqual(['a', 'b', 'd']);
    expect(isOn(early, Date.parse('2026-12-03T14:00:00+07:00'))).toBe(true);
    expect(isOn(early, Date.parse('2026-12-03T14:30:00+07:00'))).toBe(false);
  });
});

const hourOf = (hour: string) => Date.parse(`2026-12-03T${hour}:00+07:00`);

describe('a room’s machine', () => {
  const lines = [
    line('yesterday', '2026-12-02T14:00:00+07:00', '2026-12-02T16:00:00+07:00'),
    line('off', '2026-12-03T07:30:00+07:00', '2026-12-03T11:00:00+07:00', 'huy'),
    line('morning', '2026-12-03T08:00:00+07:00', '2026-12-03T10:00:00+07:00'),
    line('noon', '2026-12-03T10:30:00+07:00', '2026-12-03T11:30:00+07:00'),
  ];
  const none = new Set<string>();
  const due = (hour: string, ...left: string[]) => dueMeeting(lines, hourOf(hour), new Map(left.map((id) => [id, hourOf(hour)])), none)?.id ?? null;

  test('SEC-04 finds the meeting of the hour by itself, from the hour before it on', () => {
    expect([due('06:59'), due('07:00'), due('09:45'), due('10:05'), due('10:45')]).toEqual([null, 'morning', 'morning', 'noon', 'noon']);
    expect([due('12:10'), due('12:31')]).toEqual(['noon', null]);
  });

  test('does not go back by itself into what it has left', () => {
    expect([due('09:00', 'morning'), due('09:45', 'morning'), due('10:45', 'noon'), due('10:45', 'noon', 'morning')]).toEqual([null, 'noon', 'morning', null]);
  });

  test('SCH-06 SCH-09 goes in on the day, though it left a test run before, or the meeting at the hour that it was put off from', () => {
    const left = ['2026-12-02T15:00:00+07:00', '2026-12-03T06:59:00+07:00', '2026-12-03T07:00:00+07:00'];
    const found = left.map((when) => dueMeeting(lines, hourOf('08:10'), new Map([['morning', Date.parse(when)]]), none)?.id ?? null);
    expect(found).toEqual(['morning', 'morning', null]);
  });

  test('comes back to a meeting that runs over for as long as it runs', () => {
    const over = (running: string[], left: [string, number][] = []) => dueMeeting(lines, hourOf('13:00'), new Map(left), new Set(running))?.id ?? null;
    expect([over([]), over(['noon']), over(['noon'], [['noon', hourOf('12:55')]]), over(['off'])]).toEqual([null, 'noon', null, null]);
    expect([isPast(lines[3]?.end, hourOf('12:29')), isPast(lines[3]?.end, hourOf('12:30'))]).toEqual([false, true]);
    expect([undefined, 'tap-hop', 'dang-hop', 'giai-lao', 'be-mac'].map((phase) => isRunning(phase as Parameters<typeof isRunning>[0]))).toEqual([false, false, true, true, false]);
  });

  test('keeps what it left over a reload, and takes nothing from a window that kept no times', () => {
    const left = new Map([['hop 1', 1_000], ['b', 2_000]]);
    expect(readLeft(writeLeft(left))).toEqual(left);
    expect([readLeft('').size, readLeft('giao-ban\nhop-2').size]).toEqual([0, 0]);
  });
});

describe('the editor of a meeting', () => {
  test('SCH-01 names each field that is missing', () => {
    expect(missingFields(plan)).toEqual([]);
    const bare = { ...plan, title: ' ', main: '', agenda: [], points: [], people: {}, secrecy: '' };
    expect(missingFields(bare)).toEqual(['title', 'chair', 'secretary', 'main', 'points', 'agenda', 'secrecy', 'technician']);
    expect(missingFields({ ...plan, points: plan.points.filter((point) => point.id === plan.main) })).toEqual(['points']);
  });

  test('SEC-01 knows the three levels that are never carried', () => {
    expect(['khong', 'luu-hanh-noi-bo', 'mat', 'toi-mat', 'tuyet-mat'].map(isSecret)).toEqual([false, false, true, true, true]);
  });

  test('SCH-03 takes points from the map, keeps the main one and those that the map has lost', () => {
    const map = plan.points.filter((point) => point.id !== 'LG-X5').map(({ id, name, kind }) => ({ id, name, kind }));
    const some = withPoints(plan, map, new Set(['LG-X1', 'LG-X5']));
    expect(some.points.map((point) => point.id)).toEqual(['LG-00', 'LG-X1', 'LG-X5']);
    expect(some.points[1]?.leader?.name).toBe('Hoàng Văn Giả Định');
    expect(withMain(some, map, 'LG-S1').points.map((point) => point.id)).toContain('LG-S1');
  });

  test('CON-14 items keep their ids when they are moved, added and taken out', () => {
    const grown = addItem(dropItem(raiseItem(plan, 1), 6));
    expect(grown.agenda.slice(0, 2).map((item) => item.id)).toEqual(['muc-2', 'muc-1']);
    expect(new Set(grown.agenda.map((item) => item.id)).size).toBe(grown.agenda.length);
    expect(raiseItem(plan, 0)).toBe(plan);
    expect(itemStarts(plan)[1]).toBe(Date.parse(plan.start ?? '') + 10 * 60_000);
  });
});

test('CON-16 awards are listed from high to low, each handed over at a point or at the main one', () => {
  let edited = withAward(addAward(plan), 0, { to: 'Tập thể mẫu', award: 'Bằng khen', decision: 'QĐ 01', group: true });
  edited = withAward(addAward(edited), 1, { to: 'Cá nhân mẫu', point: 'LG-X1' });
  // A new line takes over award and decision of the one above.
  expect(edited.awards?.[1]).toEqual({ decision: 'QĐ 01', award: 'Bằng khen', to: 'Cá nhân mẫu', point: 'LG-X1' });
  expect(raiseAward(edited, 1).awards?.map(({ to }) => to)).toEqual(['Cá nhân mẫu', 'Tập thể mẫu']);
  expect(withAward(edited, 1, { point: '' }).awards?.[1]).not.toHaveProperty('point');
  expect(dropAward(edited, 0).awards?.length).toBe(1);
  expect(plan.awards).toBeUndefined();
});

describe('who is expected and who votes', () => {
  const people = [
    { id: 'p-1', name: 'Nguyễn Văn An', position: 'Chủ tịch', unit: 'Xã Tân Dụ' },
    { id: 'p-2', name: 'Nguyễn Văn An', position: 'Chủ tịch', unit: 'Xã Thí Điểm' },
    { id: 'p-3', name: 'Trần Thị Bình', position: 'Giám đốc', unit: 'Sở Nội vụ' },
  ];

  test('SCH-01 tells namesakes apart: a name alone is nobody’s while two have it', () => {
    const choices = choicesOf(people);
    expect(personOf('Nguyễn Văn An · Chủ tịch · Xã Thí Điểm', choices).id).toBe('p-2');
    expect(personOf('Nguyễn Văn An', choices).id).toBeUndefined();
    expect(personOf('Trần Thị Bình', choices).id).toBe('p-3');
    expect([namesakes({ name: 'Nguyễn Văn An' }, people), namesakes(people[0], people), namesakes({ name: 'Không Có' }, people)]).toEqual([2, 0, 0]);
    expect(matching(choices, 'van an thi diem', 8).length + matching(choices, 'thí điểm', 8).length).toBe(1);
    expect(new Set(choicesOf([...people, { ...people[0]!, id: 'p-4' }]).map((choice) => choice.label)).size).toBe(4);
  });

  test('CON-07 heads and leaders stand in the plan, and leaders whom the map names become those of the directory', () => {
    const points = [
      { id: 'X1', name: 'Xã Tân Dụ', kind: 'xa', leader: { name: 'Nguyễn Văn An' } },
      { id: 'X2', name: 'Xã Khác', kind: 'xa', leader: { name: 'Nguyễn Văn An' } },
      { id: 'S3', name: 'Sở Nội vụ', kind: 'so', leader: { name: 'Trần Thị Bình' }, expected: 5 },
    ];
    const named = withKnownLeaders({ ...plan, points }, people);
    expect(named.points.map((point) => point.leader?.id)).toEqual(['p-1', undefined, 'p-3']);
    expect([invited(withHeads(named, 3)), withPoint(named, 'X2', { expected: 2 }).points[1]?.expected]).toEqual([11, 2]);
  });

  test('VOT-01 the list of members is made of the directory and of names, each of them once', () => {
    const first = addVoter([], people[0]!, 'X1');
    const all = addVoter(addVoter(addVoter(first, people[0]!, 'X2'), { name: ' Ngoài Danh Bạ ' }, 'X2'), { name: 'Người Nữa' }, 'X2');
    expect(all.map((voter) => `${voter.person} ${voter.name} ${voter.point}`)).toEqual(['p-1 Nguyễn Văn An X1', 'ngoai-danh-ba-2 Ngoài Danh Bạ X2', 'ngoai-danh-ba-3 Người Nữa X2']);
    expect(addVoter(dropVoter(all, 1), { name: 'Thêm' }, 'X1').map((voter) => voter.person)).toEqual(['p-1', 'ngoai-danh-ba-3', 'ngoai-danh-ba-4']);
    expect(moveVoter(all, 0, 'X2')[0]?.point).toBe('X2');
    const led = { ...plan, main: 'X0', people: { chair: people[2]! }, points: [{ id: 'X0', name: 'Hội trường', kind: 'tinh' }, { id: 'X1', name: 'Xã', kind: 'xa', leader: people[0]! }, { id: 'X2', name: 'Xã', kind: 'xa', leader: { name: 'Người Nữa' } }] };
    expect(leadersVote(led, leadersVote(led, [])).map((voter) => `${voter.name} ${voter.point}`)).toEqual(['Trần Thị Bình X0', 'Nguyễn Văn An X1', 'Người Nữa X2']);
  });
});

describe('the minutes that are edited', () => {
  const fields = {
    head: { title: 'Giao ban', host: 'UBND', place: '', remote: 1, start: '2026-12-03T06:30:00Z', end: '2026-12-03T09:30:00Z', chair: { name: 'A' }, secretary: { name: 'B' }, technician: { name: 'C' } },
    attendance: { quorum: true, totals: {} as MinutesFields['attendance']['totals'], points: [{ point: 'X1', name: 'Xã', status: 'co-mat', present: 2, expected: 3, presence: { connected: true } }] },
    items: [{ number: 1, item: { id: 'i', title: 'Mục' }, runs: [], speeches: [{ number: 1, point: 'X1', pointName: 'Xã', started: '2026-12-03T07:00:00Z' }] }],
    others: [{ number: 2, point: 'X1', pointName: 'Xã', started: '2026-12-03T08:00:00Z' }],
    tasks: [{ id: 't1', content: 'Rà soát', lead: 'Sở', due: '2027-01-15' }],
    recipients: [],
  } as unknown as MinutesFields;

  test('MIN-04 change line by line, and leave what they do not touch', () => {
    const spoken = withSpeech(withSpeech(fields, 0, 0, { summary: 'Đề nghị' }), null, 0, { summary: 'Ngoài mục' });
    expect([spoken.items?.[0]?.speeches?.[0]?.summary, spoken.others?.[0]?.summary, fields.others?.[0]?.summary]).toEqual(['Đề nghị', 'Ngoài mục', undefined]);
    expect(timeText(new Date(withHour(fields.head.end, '16:45')))).toBe('16:45');
    expect(withHour(fields.head.end, '9')).toBe(fields.head.end);
    expect(dropTask(addTask(fields, 't2'), 0).tasks?.map((task) => task.id)).toEqual(['t2']);
    expect(listed('Sở A; Sở B\n Sở C ;')).toEqual(['Sở A', 'Sở B', 'Sở C']);
  });

  test('CON-07 nobody is present at a point that is absent, somebody at one that came', () => {
    const away = withLine(fields, 0, { status: 'vang-co-ly-do' });
    expect([away.attendance.points?.[0]?.present, lacksOf(away)]).toEqual([0, ['reason']]);
    const back = withLine(withLine(away, 0, { reason: 'Bão' }), 0, { status: 'co-mat' });
    expect([back.attendance.points?.[0]?.present, lacksOf(back)]).toEqual([3, []]);
    expect(lacksOf(withLine(back, 0, { present: 0 }))).toEqual(['heads']);
    expect(lacksOf(addTask(fields, 't2'))).toEqual(['task']);
  });
});
