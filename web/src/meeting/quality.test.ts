import { ConnectionQuality } from 'livekit-client';
import { describe, expect, it } from 'vitest';
import { vi } from '../i18n/vi';
import { lineQuality, type LineFacts } from './quality';

function word(facts: Partial<LineFacts>): string {
  return vi.line[lineQuality({ quality: ConnectionQuality.Excellent, pictureHeldBack: false, hearable: true, ...facts })];
}

describe('CON-13 line quality in words', () => {
  it('follows what the bridge reports', () => {
    expect(word({})).toBe('Tốt');
    expect(word({ quality: ConnectionQuality.Good })).toBe('Trung bình');
    expect(word({ quality: ConnectionQuality.Poor })).toBe('Yếu');
    expect(word({ quality: ConnectionQuality.Lost })).toBe('Mất tín hiệu');
    expect(word({ quality: ConnectionQuality.Unknown })).toBe('Đang đo');
  });

  it('is audio only when the bridge holds the picture back', () => {
    expect(word({ pictureHeldBack: true })).toBe('Chỉ còn tiếng');
    expect(word({ pictureHeldBack: true, quality: ConnectionQuality.Poor })).toBe('Chỉ còn tiếng');
  });

  it('is not audio only where there is no sound, or no line', () => {
    expect(word({ pictureHeldBack: true, hearable: false })).toBe('Yếu');
    expect(word({ pictureHeldBack: true, quality: ConnectionQuality.Lost })).toBe('Mất tín hiệu');
  });
});
