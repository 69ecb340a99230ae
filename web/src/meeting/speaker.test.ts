import { describe, expect, it } from 'vitest';
import { nextSpeaker, noSpeaker, stayMs, takeAfterMs } from './speaker';
import { litAfterMs, Speaking } from './speaking';

const present = new Set(['a', 'b']);

describe('who is shown large', () => {
  it('is the first who speaks, at once', () => {
    expect(nextSpeaker(noSpeaker, 'a', present, 100).shown).toBe('a');
  });

  it('does not change for a cough', () => {
    let choice = nextSpeaker(noSpeaker, 'a', present, 0);
    choice = nextSpeaker(choice, 'b', present, 10_000);
    choice = nextSpeaker(choice, 'a', present, 10_000 + takeAfterMs - 1);
    expect(choice.shown).toBe('a');
    expect(choice.candidate).toBeNull();
  });

  it('changes to a point that goes on speaking', () => {
    let choice = nextSpeaker(noSpeaker, 'a', present, 0);
    choice = nextSpeaker(choice, 'b', present, 10_000);
    expect(nextSpeaker(choice, 'b', present, 10_000 + takeAfterMs).shown).toBe('b');
  });

  it('stays for a while even when two talk at once', () => {
    let choice = nextSpeaker(noSpeaker, 'a', present, 0);
    choice = nextSpeaker(choice, 'b', present, 10);
    expect(nextSpeaker(choice, 'b', present, stayMs - 1).shown).toBe('a');
    expect(nextSpeaker(choice, 'b', present, stayMs).shown).toBe('b');
  });

  it('stays through silence and goes when the point leaves', () => {
    const choice = nextSpeaker(noSpeaker, 'a', present, 0);
    expect(nextSpeaker(choice, null, present, 60_000).shown).toBe('a');
    expect(nextSpeaker(choice, null, new Set(['b']), 60_000).shown).toBeNull();
    expect(nextSpeaker(choice, 'b', new Set(['b']), 60_000).shown).toBe('b');
  });
});

describe('the frame of a speaker', () => {
  it('stays lit between syllables and goes out after', () => {
    const speaking = new Speaking();
    speaking.hear(['a'], 0);
    expect(speaking.lit(litAfterMs).has('a')).toBe(true);
    expect(speaking.restless).toBe(true);
    expect(speaking.lit(litAfterMs + 1).has('a')).toBe(false);
    expect(speaking.restless).toBe(false);
  });
});
