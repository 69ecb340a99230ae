import type { Board, Person, PlanPoint } from './board';
import type { ChatMessage } from './chat';
import type { LiveState } from './state';

/** The second sample meeting (giao ban) in its fourth item. Everybody and every place in it is invented. */

const person = (name: string, position: string, unit: string): Person => ({ id: name, name, position, unit });

const chair = person('Nguyễn Văn Mẫu', 'Phó Chủ tịch', 'UBND tỉnh Lam Giang');
const secretary = person('Vũ Thị Nháp', 'Chuyên viên', 'Văn phòng UBND tỉnh');
const technician = person('Đặng Văn Kiểm Thử', 'Kỹ thuật viên', 'Sở KH&CN');

const sites: readonly (readonly [string, string, string, string, string, number])[] = [
  ['LG-00', 'Hội trường UBND tỉnh', 'tinh', 'Lê Văn Thử', 'Chánh Văn phòng', 30],
  ['LG-S1', 'Sở Khoa học và Công nghệ', 'so', 'Trần Thị Ví Dụ', 'Giám đốc', 6],
  ['LG-S2', 'Sở Nông nghiệp và Môi trường', 'so', 'Phan Thị Không Thật', 'Giám đốc', 6],
  ['LG-P1', 'Phường Minh Họa', 'phuong', 'Bùi Văn Mô Phỏng', 'Chủ tịch', 7],
  ['LG-P2', 'Phường Giả Định', 'phuong', 'Đại diện phường', '', 7],
  ['LG-X1', 'Xã Tân Dụ', 'xa', 'Hoàng Văn Giả Định', 'Chủ tịch', 7],
  ['LG-X2', 'Xã Làng Mẫu', 'xa', 'Đỗ Thị Hư Cấu', 'Phó Chủ tịch', 7],
  ['LG-X3', 'Xã Thí Điểm', 'xa', 'Ngô Văn Tạm Đặt', 'Chủ tịch', 7],
  ['LG-X4', 'Xã Hà Ví', 'xa', 'Đại diện xã', '', 6],
  ['LG-X5', 'Xã Đồng Thử', 'xa', 'Đại diện xã', '', 7],
  ['LG-DK', 'Đặc khu Đảo Ví Dụ', 'dac-khu', 'Lý Văn Đề Mô', 'Chỉ huy trưởng', 6],
];

const points: PlanPoint[] = sites.map(([id, name, kind, leader, position, expected]) => ({
  id,
  name,
  kind,
  expected,
  line: 20_000,
  leader: { name: leader, position },
}));

const day = '2026-12-03T';
const hour = (time: string) => `${day}${time}:00+07:00`;
const now = Date.parse(`${day}14:09:40+07:00`);

const agenda = [
  ['Điểm danh điểm cầu', '13:20', 10, 'LG-00'],
  ['Nêu nội dung, yêu cầu', '13:30', 10, 'LG-00'],
  ['Tình hình kinh tế – xã hội 11 tháng (báo cáo tóm tắt)', '13:40', 15, 'LG-00'],
  ['Giải ngân đầu tư công', '13:55', 45, ''],
  ['Dự thảo Quy chế vận hành hội nghị trực tuyến cấp xã', '14:40', 30, 'LG-S1'],
  ['Kiến nghị của cấp xã; giải trình của sở', '15:10', 55, ''],
  ['Kết luận; giao việc', '16:05', 25, 'LG-00'],
].map(([title, start, minutes, point], index) => ({
  id: `muc-${index + 1}`,
  title: String(title),
  start: hour(String(start)),
  minutes: Number(minutes),
  ...(point === '' ? {} : { point: String(point) }),
  ...(index === 6 ? { closing: true } : {}),
}));

const voters = points.flatMap((point) =>
  Array.from({ length: point.id === 'LG-00' ? 11 : 3 }, (_, index) => ({
    person: `${point.id}-${index + 1}`,
    name: index === 0 ? (point.leader?.name ?? '') : `Thành viên ${index + 1}`,
    point: point.id,
  })),
);

const live: LiveState = {
  v: 1,
  meeting: 'giao-ban-2026-11',
  seq: 84,
  phase: 'dang-hop',
  mode: 'hoi-nghi',
  main: 'LG-00',
  screen: { layout: 'toan-man-hinh', tiles: ['LG-X1'] },
  speech: {
    number: 3,
    point: 'LG-X1',
    name: 'Hoàng Văn Giả Định',
    position: 'Chủ tịch UBND xã',
    topic: 'Vướng mắc mặt bằng của đường liên xã',
    started: now - 260_000,
    due: now + 40_000,
  },
  queue: [
    { id: 'q1', point: 'LG-X3', name: 'Ngô Văn Tạm Đặt', at: now - 640_000, early: true },
    { id: 'q2', point: 'LG-P2', name: 'Đại diện phường', at: now - 190_000 },
    { id: 'q3', point: 'LG-S2', name: 'Phan Thị Không Thật', at: now - 800_000, deferred: true },
    { id: 'q4', point: 'LG-DK', name: 'Lý Văn Đề Mô', at: now - 35_000 },
  ],
  waiting: 4,
  item: { id: 'muc-4', number: 4, title: 'Giải ngân đầu tư công', started: Date.parse(hour('13:56')), due: Date.parse(hour('14:41')) },
  roll: { points: 11, present: 10, absent: 0, heads: 91, expected: 96 },
  recording: true,
};

const connected = new Set(points.map((point) => point.id).filter((id) => id !== 'LG-X4'));

const board: Board = {
  plan: {
    id: 'giao-ban-2026-11',
    type: 'giao-ban',
    title: 'Phiên họp trực tuyến giao ban kinh tế – xã hội tháng 11 năm 2026 giữa UBND tỉnh và UBND cấp xã',
    host: 'Văn phòng UBND tỉnh',
    place: 'Hội trường UBND tỉnh',
    people: { chair, secretary, technician, phone: '0200 000 000' },
    main: 'LG-00',
    points,
    start: hour('13:30'),
    end: hour('16:30'),
    agenda,
    secrecy: 'khong',
    voters,
  },
  live,
  you: { person: chair.name, seats: ['chu-tri', 'thu-ky', 'ky-thuat-vien'], floor: true },
  seats: { 'chu-tri': { person: chair }, 'thu-ky': { person: secretary }, 'ky-thuat-vien': { person: technician } },
  runners: ['thu-ky'],
  timing: { seconds: 300, autoCut: false },
  queue: (live.queue ?? []).map((request, index) => ({
    id: request.id,
    point: request.point,
    speaker: points.find((point) => point.id === request.point)?.leader ?? { name: '' },
    at: new Date(request.at).toISOString(),
    topic: ['Thủ tục nghiệm thu công trình nước sạch', 'Xin bổ sung vốn đối ứng', '', 'Vận chuyển vật liệu ra đảo'][index] ?? '',
    minutes: [5, 3, 0, 5][index] ?? 0,
    ...(request.early ? { early: true } : {}),
    ...(request.deferred ? { deferred: true } : {}),
  })),
  past: [
    { number: 1, point: 'LG-00', speaker: chair, topic: 'Nêu nội dung, yêu cầu', item: 'muc-2', started: hour('13:31'), ended: hour('13:39') },
    { number: 2, point: 'LG-00', speaker: person('Lê Văn Thử', 'Chánh Văn phòng', ''), topic: 'Báo cáo tóm tắt', item: 'muc-3', started: hour('13:40'), ended: hour('13:55'), summary: 'GRDP tăng 7,2 %; giải ngân đạt 81 % kế hoạch.' },
  ],
  points: Object.fromEntries(points.map(({ id }) => [id, { connected: connected.has(id), joined: id === 'LG-X5' ? hour('13:47') : hour('13:10') }])),
  roll: Object.fromEntries(
    points.map((point) => {
      const here = point.id !== 'LG-X4';
      const short = point.id === 'LG-P1' ? 1 : 0;
      return [point.id, { point: point.id, status: here ? 'co-mat' : 'chua-diem-danh', present: here ? (point.expected ?? 0) - short : 0, expected: point.expected ?? 0, ...(point.leader ? { leader: point.leader } : {}) }] as const;
    }),
  ),
  runs: [
    { item: 'muc-1', started: hour('13:20'), finished: hour('13:30') },
    { item: 'muc-2', started: hour('13:31'), finished: hour('13:40') },
    { item: 'muc-3', started: hour('13:40'), finished: hour('13:56') },
    { item: 'muc-4', started: hour('13:56') },
  ],
  votes: [
    {
      motion: {
        id: 'bq-1',
        title: 'Thông qua dự thảo Quy chế vận hành hội nghị trực tuyến cấp xã',
        form: 'gio-tay',
        base: 'tong-so',
        threshold: { num: 1, den: 2 },
        tie: 'theo-chu-toa',
        quorum: { num: 2, den: 3 },
        voters,
      },
      phase: 'chuan-bi',
      present: voters.filter((voter) => voter.point !== 'LG-X4').map((voter) => voter.person),
    },
  ],
  notes: {
    tasks: [
      { id: 'nv-1', content: 'Rà soát các dự án giải ngân dưới 50 %, báo cáo nguyên nhân từng dự án', lead: 'Sở Tài chính', support: ['UBND các xã, phường, đặc khu'], due: '2026-12-15' },
    ],
    items: { 'muc-3': 'Đại biểu thống nhất với báo cáo tóm tắt.' },
    incidents: [{ point: 'LG-X4', from: hour('14:02'), text: 'Mất điện lưới' }],
    remark: '',
  },
  banned: [],
  previews: {},
  untested: ['LG-X5'],
  failed: ['LG-X4'],
};

export const briefing = { now, live, board, names: Object.fromEntries(points.map((point) => [point.id, point.name])) as Record<string, string> };

export const messages: readonly ChatMessage[] = [
  { number: 1, at: now - 600_000, point: 'LG-X2', name: 'Xã Làng Mẫu', text: 'Đề nghị văn phòng gửi lại phụ lục 2.' },
  { number: 2, at: now - 540_000, right: 'thu-ky', name: 'Vũ Thị Nháp', text: 'Đã gửi. Tải ở mục Tài liệu,\nnội dung 4.' },
  { number: 3, at: now - 300_000, point: 'LG-P2', name: 'Phường Giả Định', withdrawn: true },
  { number: 4, at: now - 60_000, point: 'LG-X1', name: 'Xã Tân Dụ '.repeat(20), text: 'khôngcókhoảngtrắng'.repeat(12) },
];
