import { describe, expect, test } from 'vitest';
import { BridgeClock, clockText, countdown } from './clock';

describe('the clock of a speech', () => {
  const started = 1_000_000;
  const due = started + 300_000;

  test('CON-06 is green, yellow from 60 s before the end, red from the end on', () => {
    expect(countdown(started, due, started).colour).toBe('green');
    expect(countdown(started, due, due - 60_001).colour).toBe('green');
    expect(countdown(started, due, due - 60_000).colour).toBe('yellow');
    expect(countdown(started, due, due - 1).colour).toBe('yellow');
    expect(countdown(started, due, due)).toMatchObject({ colour: 'red', text: '+00:00', over: true });
    expect(countdown(started, due, due + 65_000).text).toBe('+01:05');
  });

  test('CON-06 shows no colour without a limit, and the time spent', () => {
    expect(countdown(started, undefined, started + 75_000)).toMatchObject({ colour: 'plain', text: '01:15', spent: null });
  });

  test('counts a second that has begun', () => {
    expect(countdown(started, due, started).text).toBe('05:00');
    expect(countdown(started, due, due - 1).text).toBe('00:01');
    expect(clockText(3_723_000)).toBe('1:02:03');
  });
});

describe("a machine's clock that is wrong", () => {
  const header = 'Mon, 23 Nov 2026 08:00:00 GMT';
  const true0 = Date.parse(header) + 500;

  test('by three hours does not shift the meeting', () => {
    const local = true0 - 3 * 3_600_000;
    const clock = new BridgeClock(() => local, () => 0);
    clock.hear(header, local - 20, local + 20);
    expect(Math.abs(clock.now() - true0)).toBeLessThan(1_000);
    expect(clock.wrongMinutes).toBe(-180);
  });

  test('by less than a second is taken as right', () => {
    const clock = new BridgeClock(() => true0 + 300, () => 0);
    clock.hear(header, true0 + 280, true0 + 320);
    expect(clock.now()).toBe(true0 + 300);
    expect(clock.wrongMinutes).toBe(0);
  });

  test('is measured by the quickest answer, and anew when it is set', () => {
    let local = true0 - 60_000;
    const clock = new BridgeClock(() => local, () => 0);
    clock.hear(header, local - 10, local + 10);
    const first = clock.now();
    clock.hear(header, local - 1_500, local + 1_500);
    expect(clock.now()).toBe(first);
    local = true0;
    clock.hear(header, local - 800, local + 800);
    expect(clock.now()).toBe(true0);
    clock.hear('no date', local, local);
    expect(clock.now()).toBe(true0);
  });

  test('that is set right while a meeting runs does not shift it, and the bridge is asked once', () => {
    let local = true0 - 3 * 3_600_000;
    let counted = 0;
    let asked = 0;
    const clock = new BridgeClock(() => local, () => counted);
    clock.onDoubt(() => asked++);
    clock.hear(header, local - 20, local + 20);
    const spend = (ms: number) => {
      local += ms;
      counted += ms;
    };
    spend(60_000);
    local = true0 + 60_000; // NTP
    expect(Math.abs(clock.now() - (true0 + 60_000))).toBeLessThan(1_000);
    expect(clock.wrongMinutes).toBe(0);
    spend(1_000);
    expect(Math.abs(clock.now() - (true0 + 61_000))).toBeLessThan(1_000);
    expect(asked).toBe(1);
  });

  test('that slept is right again after the answer for which it asks', () => {
    let local = true0;
    let asked = 0;
    const clock = new BridgeClock(() => local, () => 0);
    clock.onDoubt(() => asked++);
    clock.hear(header, local - 5, local + 5);
    local += 3_600_000;
    clock.now();
    expect(asked).toBe(1);
    clock.hear('Mon, 23 Nov 2026 09:00:00 GMT', local - 300, local + 300);
    expect(Math.abs(clock.now() - local)).toBeLessThan(1_000);
  });
});
