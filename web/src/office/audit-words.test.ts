import { expect, test } from 'vitest';
import { enActs } from '../i18n/en-acts';
import { viActs } from '../i18n/vi-acts';
import { actWord, machineOf, shortened } from './audit-words';

test('SEC-06 a line is called by its own name, by that of its family, or not at all', () => {
  expect(actWord(viActs, 'speech.begun')).toBe('Mời phát biểu');
  expect(actWord(viActs, 'settings.changed')).toBe('Đổi cài đặt');
  expect(actWord(enActs, 'something')).toBe('');
});

test('both languages name the same kinds', () => {
  expect(Object.keys(enActs)).toEqual(Object.keys(viActs));
});

test('the number of a browser session is left out, a machine with a name is not, and digests are shortened', () => {
  expect(machineOf('s-01a22828b0997191bad0fec462f4ca6d')).toBe('');
  expect(machineOf('may-phong-hop')).toBe('may-phong-hop');
  expect(shortened(`01a22828 · ${'ab'.repeat(32)}`)).toBe('01a22828 · abababababab…');
});
