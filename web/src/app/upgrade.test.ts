import { expect, test } from 'vitest';
import { reloadForGoneParts } from './chunk-error';
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

test('a part that is gone loads a window anew, but in a meeting it asks for it', () => {
  const upgrade = new Upgrade();
  const window = new EventTarget();
  let loaded = 0;
  const kept = new Map<string, string>();
  const view = Object.assign(window, {
    sessionStorage: { getItem: (key: string) => kept.get(key) ?? null, setItem: (key: string, value: string) => kept.set(key, value) },
    location: { reload: () => loaded++ },
  });
  reloadForGoneParts(view as unknown as Window, upgrade);
  const goneIn = () => window.dispatchEvent(new Event('vite:preloadError', { cancelable: true }));
  const leave = upgrade.attend();
  expect(goneIn(), 'whoever asked for the part is told that it failed').toBe(true);
  expect([loaded, upgrade.state.get().old]).toEqual([0, true]);
  leave();
  expect(goneIn()).toBe(false);
  expect(loaded).toBe(1);
});
