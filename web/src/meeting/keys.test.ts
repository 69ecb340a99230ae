import { describe, expect, it } from 'vitest';
import { Store } from '../app/store';
import { roomOf } from '../app/ways';
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

describe('addresses', () => {
  it('name a room only when they are its own page', () => {
    expect(roomOf('/hop/giao-ban')).toBe('giao-ban');
    expect(roomOf(`/hop/${encodeURIComponent('phiên họp/1')}`)).toBe('phiên họp/1');
    for (const other of ['/', '/hop/%E0%A4%A', '/hop/a/b', '/lich/a']) expect(roomOf(other)).toBeNull();
  });
});
