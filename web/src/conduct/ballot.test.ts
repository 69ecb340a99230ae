import { expect, test } from 'vitest';
import { ballotAfter, turnOf, type Ballots } from './ballot';

const voters = ['a', 'b'].map((person) => ({ person, name: person, point: 'LG-X1' }));
const turn = (ballots: Ballots) => {
  const { next, last } = turnOf(voters, ballots);
  return [next?.person, last?.person];
};

test('VOT-01 a vote that did not arrive is not called sent: its member has his turn again', () => {
  expect(turn({})).toEqual(['a', undefined]);
  expect(turn({ a: { state: 'sending', choice: 'tan-thanh' } })).toEqual(['a', undefined]);
  const lost = ballotAfter('tan-thanh', 'unreachable');
  expect(lost).toEqual({ state: 'failed', fault: 'unreachable' });
  expect(turn({ a: lost })).toEqual(['a', undefined]);
  expect(turn({ a: ballotAfter('tan-thanh', null) })).toEqual(['b', 'a']);
});

test('VOT-01 a vote that the bridge already has is done, and this screen does not claim which it was', () => {
  const had = ballotAfter('khong-tan-thanh', 'vote_already_cast');
  expect(had).toEqual({ state: 'had' });
  expect(turn({ a: had, b: had })).toEqual([undefined, 'b']);
});
