import { expect, test } from 'vitest';
import { emptySheet, sheetFault, verdictOf } from './sheet';

const passed = { picture: 'dat', mic: 'dat', speaker: 'dat', content: 'dat', line: 'dat' } as const;

test('SCH-06 a sheet passes when all five lines pass, and a failed one says what is wrong', () => {
  expect(verdictOf(emptySheet)).toBe('');
  expect(verdictOf({ ...passed, line: '' })).toBe('');
  expect(verdictOf(passed)).toBe('dat');
  expect(verdictOf({ ...passed, speaker: 'khong-dat', line: '' })).toBe('khong-dat');
  expect(sheetFault(emptySheet, '')).toBe('empty');
  expect(sheetFault({ ...passed, speaker: 'khong-dat' }, '  ')).toBe('note');
  expect(sheetFault({ ...passed, speaker: 'khong-dat' }, 'Loa')).toBeNull();
  expect(sheetFault(passed, '')).toBeNull();
});
