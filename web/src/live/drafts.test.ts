import { expect, test } from 'vitest';
import { Drafts } from './drafts';

test('MIN-01 what was typed stays until it has arrived, and what was typed meanwhile stays too', () => {
  const drafts = new Drafts();
  drafts.keep('course', 'Ông Hà báo cáo');
  expect(drafts.get('course')).toBe('Ông Hà báo cáo');
  const sent = drafts.get('course');
  drafts.keep('course', 'Ông Hà báo cáo kết quả');
  expect(drafts.arrived('course', sent)).toBe(false);
  expect(drafts.get('course')).toBe('Ông Hà báo cáo kết quả');
  expect(drafts.arrived('course', 'Ông Hà báo cáo kết quả')).toBe(true);
  expect(drafts.get('course')).toBeUndefined();
});

test('MIN-05 a form is taken for the same only when it is the very one that was sent', () => {
  const drafts = new Drafts();
  const task = { content: 'Rà soát', lead: 'Sở Xây dựng' };
  drafts.keep('task', task);
  expect(drafts.arrived('task', { ...task })).toBe(false);
  expect(drafts.arrived('task', task)).toBe(true);
});
