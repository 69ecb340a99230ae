import { onlineManager } from '@tanstack/react-query';
import { expect, test } from 'vitest';
import { Problem } from '../api/problem';
import { queries } from '../app/queries';
import { BoardLine, staleAfterMs } from './board-line';

const out = async (): Promise<never> => Promise.reject(new Problem('unreachable'));

test('OPS a board is old when its bridge has owed an answer for five seconds, however often it was asked again', async () => {
  let now = 0;
  const line = new BoardLine(() => now);
  await line.ask(async () => 'board');
  now = 60_000;
  line.look();
  expect(line.state.get().stale, 'nobody asked: a window in the background is not old').toBe(false);
  for (const failed of [60_000, 70_000, 80_000]) {
    await expect(line.ask(out)).rejects.toThrow('unreachable');
    now = failed + staleAfterMs + 1;
    line.look();
    expect(line.state.get()).toMatchObject({ stale: true, problem: { code: 'unreachable' } });
  }
  await line.ask(async () => 'board');
  expect(line.state.get()).toEqual({ stale: false, problem: null });
});

test('OPS a request that hangs makes a board old before it is given up', () => {
  let now = 0;
  const line = new BoardLine(() => now);
  void line.ask(async () => new Promise(() => undefined));
  now = staleAfterMs;
  line.look();
  expect(line.state.get().stale).toBe(false);
  now += 1;
  line.look();
  expect(line.state.get().stale).toBe(true);
});

test('SEC-05 a session that has ended is an answer and no line that is out', async () => {
  let now = 0;
  const line = new BoardLine(() => now);
  await line.ask(async () => 'board');
  await expect(line.ask(async () => Promise.reject(new Problem('account_signed_out', 401)))).rejects.toThrow('account_signed_out');
  now = 60_000;
  line.look();
  expect(line.state.get()).toMatchObject({ stale: false, problem: { code: 'account_signed_out' } });
});

test('CON-04 what is pressed while the cable is out fails at once and is not done minutes later', async () => {
  onlineManager.setOnline(false);
  try {
    const press = queries.getMutationCache().build(queries, queries.defaultMutationOptions({ mutationFn: out }));
    await expect(press.execute(undefined)).rejects.toThrow('unreachable');
    await expect(queries.fetchQuery({ queryKey: ['board', 'x'], queryFn: out, retry: false })).rejects.toThrow('unreachable');
  } finally {
    onlineManager.setOnline(true);
    queries.clear();
  }
});
