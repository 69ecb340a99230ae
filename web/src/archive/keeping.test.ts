import { describe, expect, it } from 'vitest';
import { chosen, copiesOf, soundness, type Kept } from './keeping';

function kept(over: Partial<Pick<Kept, 'title' | 'term' | 'life'>> & { custody?: Partial<Kept['custody']> }): Kept {
  const { custody, ...rest } = over;
  return {
    recording: 'r',
    meeting: 'm',
    begun: '2026-01-01T00:00:00Z',
    seconds: 60,
    bytes: 1,
    term: {},
    life: { recording: 'r' },
    custody: { recording: 'r', meeting: 'm', dir: '', head: '', root: '', sound: false, ...custody },
    ...rest,
  };
}

describe('recordings that are kept', () => {
  const held = kept({ title: 'Giao ban tuần', term: { held: true, class: 'giao-ban' } });
  const late = kept({ title: 'Sơ kết quý I', term: { late: true, remind: true, class: 'so-ket' } });
  const changed = kept({ title: 'Đột xuất', custody: { checked: '2026-01-02T00:00:00Z', sound: false, problems: ['a byte'] } });
  const all = [held, late, changed];

  it('ARC-07 ARC-09 are found by what is urgent, by class and by words without marks', () => {
    expect(chosen(all, 'held', '', '')).toEqual([held]);
    expect(chosen(all, 'reminded', '', '')).toEqual([late]);
    expect(chosen(all, 'damaged', '', '')).toEqual([changed]);
    expect(chosen(all, 'all', 'so-ket', '')).toEqual([late]);
    expect(chosen(all, 'all', '', 'dot xuat')).toEqual([changed]);
    expect(chosen(all, 'held', 'so-ket', '')).toEqual([]);
  });

  it('ARC-04 are sound only once they were checked', () => {
    expect(soundness(kept({}))).toBe('unchecked');
    expect(soundness(kept({ custody: { sound: true, checked: '2026-01-02T00:00:00Z' } }))).toBe('sound');
    expect(soundness(kept({ custody: { problems: ['no seal'] } }))).toBe('damaged');
    expect(copiesOf(kept({ custody: { kept: '2026-01-02T00:00:00Z' } }))).toBe(1);
  });
});
