import { describe, expect, it } from 'vitest';
import { parsePath, pathOf } from '../app/route';
import { Store } from '../app/store';
import { commandKeys, commandOf } from './keys';

const press = (key: string, part = {}) => ({ key, ctrlKey: false, altKey: false, metaKey: false, repeat: false, ...part });

describe('keys', () => {
  it('give each command its own key', () => {
    const keys = Object.values(commandKeys).flat();
    expect(new Set(keys).size).toBe(keys.length);
    expect(commandOf(press('M'), false)).toBe('mic');
    expect(commandOf(press('?'), false)).toBe('help');
    expect(commandOf(press('PageDown'), false)).toBe('pageOn');
  });

  it('leave the browser its own, and fields theirs', () => {
    expect(commandOf(press('s', { ctrlKey: true }), false)).toBeNull();
    expect(commandOf(press('v', { metaKey: true }), false)).toBeNull();
    expect(commandOf(press('m', { repeat: true }), false)).toBeNull();
    expect(commandOf(press('m'), true)).toBeNull();
    expect(commandOf(press('Tab'), false)).toBeNull();
  });
});

describe('addresses', () => {
  it('name the meeting', () => {
    expect(parsePath('/')).toEqual({ page: 'join' });
    expect(parsePath('/hop/giao-ban')).toEqual({ page: 'meeting', room: 'giao-ban' });
    expect(parsePath(pathOf({ page: 'meeting', room: 'phiên họp/1' }))).toEqual({ page: 'meeting', room: 'phiên họp/1' });
    expect(parsePath('/hop/%E0%A4%A')).toEqual({ page: 'join' });
    expect(parsePath('/hop/a/b')).toEqual({ page: 'join' });
  });
});

describe('a store', () => {
  it('tells its listeners of changes only', () => {
    const store = new Store({ a: 1, b: 2 });
    let heard = 0;
    const stop = store.subscribe(() => heard++);
    store.update({ a: 1 });
    expect(heard).toBe(0);
    store.update({ a: 2 });
    expect(heard).toBe(1);
    stop();
    store.update({ a: 3 });
    expect(heard).toBe(1);
  });
});
