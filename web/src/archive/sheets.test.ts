import { describe, expect, it } from 'vitest';
import type { Detail } from './desk';
import { cueAt, type Cue, type Dossier } from './dossier';
import { chosenOf, isPlayed, sheetsOf } from './sheets';

const detail = { id: 'r1', length: 600_000, chapters: [{ from: 10_000, to: 200_000, kind: 'item', title: 'Giải ngân vốn đầu tư công' }], speeches: [{ from: 20_000, to: 60_000, point: 'LG-X1', name: 'Lò Thị Mẫu' }], tracks: [] } as unknown as Detail;
const file = {
  minutes: { lines: [{ kind: 'speech', who: 'Lò Thị Mẫu — Xã Tân Dụ', text: 'Đề nghị bổ sung vốn', place: { recording: 'r1', at: 20_000, to: 60_000 } }, { kind: 'remark', text: 'Biểu dương', place: { recording: 'r2', at: 5_000 } }, { kind: 'item', title: 'Việc khác' }] },
  votes: [{ title: 'Thông qua', place: { recording: 'r1', at: 300_000, to: 330_000 } }],
  conclusions: [{ content: 'Sở Tài chính trình phương án', lead: 'Sở Tài chính', place: { recording: 'r1', at: 400_000 } }],
  chat: [{ kind: 'chat', who: 'Xã Tân Dụ', text: 'nghe rõ', place: { recording: 'r1', at: 30_000 } }],
} as unknown as Dossier;
const cues: Cue[] = [
  { at: 1_000, to: 9_000, text: 'dài' },
  { at: 2_000, to: 3_000, text: 'ngắn' },
  { at: 20_000, to: 21_000, text: 'sau' },
];

describe('ARC-08 MIN-01 the lines beside the picture', () => {
  const sheets = sheetsOf(detail, file, cues, () => '5/5');
  it('open their second, and mark what is played', () => {
    const [speech, remark, other] = sheets.minutes;
    expect(speech).toMatchObject({ at: 20_000, title: 'Lò Thị Mẫu — Xã Tân Dụ', text: 'Đề nghị bổ sung vốn' });
    expect(speech && [19_000, 20_000, 59_000, 60_000].map((time) => isPlayed('minutes', speech, time))).toEqual([false, true, true, false]);
    expect(remark).toMatchObject({ at: null, elsewhere: { recording: 'r2', at: 5_000 } });
    expect(other?.at).toBeNull();
    expect(sheets.results.map((each) => each.kind)).toEqual(['conclusion', 'vote']);
  });
  it('are found without tone marks', () => {
    expect(chosenOf(sheets.minutes, 'bo sung VON')).toHaveLength(1);
    expect(chosenOf(sheets.chapters, 'dau tu')).toHaveLength(1);
    expect(chosenOf(sheets.chat, 'khong co')).toHaveLength(0);
    expect(chosenOf(sheets.chat, ' ')).toHaveLength(1);
  });
  it('tell what is said at a second, the latest that began where two overlap', () => {
    expect([500, 1_500, 2_500, 5_000, 9_500, 20_500].map((time) => cueAt(cues, time)?.text)).toEqual([undefined, 'dài', 'ngắn', 'dài', undefined, 'sau']);
  });
});
