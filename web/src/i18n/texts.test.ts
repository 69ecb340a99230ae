import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { problemCodes } from '../api/problem';
import { en } from './en';
import { enOne } from './en-one';
import { vi } from './vi';
import { dateText, dayOf, dayOfText, dayText, timeText } from './clock';

function leaves(value: unknown, path = ''): Map<string, string> {
  if (typeof value === 'string') return new Map([[path, value]]);
  const found = new Map<string, string>();
  for (const [key, inner] of Object.entries(value as object)) {
    for (const [name, text] of leaves(inner, path === '' ? key : `${path}.${key}`)) found.set(name, text);
  }
  return found;
}

const slots = (text: string) => [...text.matchAll(/\{\{(\w+)\}\}/g)].map((match) => match[1]).sort();

describe('texts', () => {
  const first = leaves(vi);
  const second = leaves(en);

  it('have the same keys in both languages', () => {
    expect([...second.keys()].sort()).toEqual([...first.keys()].sort());
  });

  it('fill the same places in both languages, and none is empty', () => {
    for (const [key, text] of first) {
      expect(text.trim(), key).not.toBe('');
      expect(second.get(key)?.trim(), key).not.toBe('');
      expect(slots(second.get(key) ?? ''), key).toEqual(slots(text));
    }
  });

  it('say of one what they say of several', () => {
    for (const [key, text] of Object.entries(enOne)) {
      const many = second.get(key.replace(/_one$/, '')) ?? '';
      expect(slots(many), key).toContain('count');
      expect(slots(text), key).toEqual(slots(many));
      expect(text, key).not.toBe(many);
    }
  });

  it('have words for every error code of the bridge', () => {
    for (const code of problemCodes) {
      expect(vi.problem[code]).toBeTruthy();
      expect(en.problem[code]).toBeTruthy();
    }
  });

  it('use the words that officials use', () => {
    const all = [...first.values()].join('\n');
    for (const wrong of ['Tắt tiếng', 'Host', 'Spotlight', 'Đuổi', 'người dùng']) expect(all).not.toContain(wrong);
    expect(vi.control.micOff).toBe('Tắt micro');
    expect(vi.control.leave).toBe('Rời cuộc họp');
    expect(vi.control.share).toBe('Chiếu tài liệu');
    expect(vi.meeting.reconnecting).toBe('Mất tín hiệu — đang kết nối lại');
  });

  it('are composed characters: marks typed apart are drawn badly', () => {
    for (const [key, text] of first) expect(text, key).toBe(text.normalize('NFC'));
  });

  it('are all that components show: no Vietnamese is written in them', () => {
    const root = join(import.meta.dirname, '..', 'pages');
    const files = readdirSync(root, { recursive: true, encoding: 'utf8' }).filter((name) => name.endsWith('.tsx'));
    expect(files.length).toBeGreaterThan(5);
    for (const name of files) {
      const code = readFileSync(join(root, name), 'utf8').replaceAll(/\/\*[^]*?\*\/|\/\/.*$/gm, '');
      expect(/[ạảấầẩẫậắằẳẵặẹẻẽếềểễệỉịọỏốồổỗộớờởỡợụủứừửữựỳỵỷỹđĐ]/.exec(code)?.[0], name).toBeUndefined();
    }
  });
});

describe('dates', () => {
  it('are dd/MM/yyyy and 24 hours', () => {
    // Also on a machine that is set to another country: half past eleven at night there is the next day here.
    const zone = process.env['TZ'];
    for (const other of ['America/Los_Angeles', 'Pacific/Auckland', 'UTC']) {
      process.env['TZ'] = other;
      const time = new Date('2026-12-02T18:05:00Z');
      expect([dateText(time), timeText(time), dayOf(time)]).toEqual(['03/12/2026', '01:05', '2026-12-03']);
    }
    if (zone === undefined) delete process.env['TZ'];
    else process.env['TZ'] = zone;
  });

  it('are read as they are typed, and a day that does not exist is none', () => {
    expect(dayOfText('3/12/2026')).toBe('2026-12-03');
    expect(dayOfText(' 03.12.2026 ')).toBe('2026-12-03');
    for (const odd of ['31/02/2026', '12/31/2026', '2026-12-03', 'mai', '']) expect(dayOfText(odd)).toBeNull();
    expect(dayText('2026-12-03')).toBe('03/12/2026');
  });
});
