import { expect, test } from 'vitest';
import { Upgrade } from './upgrade';

test('a window is old when the bridge serves other pages than at first, and not in the middle of a speech', () => {
  const upgrade = new Upgrade();
  upgrade.hear(null);
  upgrade.hear('');
  upgrade.hear('aa');
  upgrade.hear('aa');
  expect(upgrade.state.get()).toEqual({ old: false, held: false });
  upgrade.hold(true);
  upgrade.hear('bb');
  expect(upgrade.state.get()).toEqual({ old: true, held: true });
  upgrade.hold(false);
  upgrade.hear(null);
  expect(upgrade.state.get()).toEqual({ old: true, held: false });
  upgrade.hear('aa');
  expect(upgrade.state.get().old).toBe(false);
});
