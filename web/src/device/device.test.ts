import { describe, expect, it } from 'vitest';
import { vi } from '../i18n/vi';
import { firstChoices, parseChoices } from './choices';
import { sortDevices } from './list';
import { browserName, mediaTrouble } from './media-error';
import { meterScale } from './meter';

describe('device errors', () => {
  it.each([
    ['NotAllowedError', 'denied'],
    ['NotFoundError', 'missing'],
    ['OverconstrainedError', 'missing'],
    ['NotReadableError', 'busy'],
    ['AbortError', 'busy'],
    ['SecurityError', 'insecure'],
    ['SomethingNew', 'unknown'],
  ] as const)('%s is %s, and there is help for it', (name, trouble) => {
    expect(mediaTrouble(new DOMException('', name))).toBe(trouble);
    expect(vi.device.title[trouble]).toContain('{{device}}');
    const help = trouble === 'denied' ? vi.device.denied.chrome : vi.device.steps[trouble];
    expect(help.length).toBeGreaterThan(1);
  });

  it('may be anything that was thrown', () => {
    for (const odd of [null, undefined, 'text', 3]) expect(mediaTrouble(odd)).toBe('unknown');
  });
});

describe('the browser', () => {
  it.each([
    ['Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/140.0.0.0 Safari/537.36', 'chrome'],
    ['Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/140.0.0.0 Safari/537.36 Edg/140.0.0.0', 'edge'],
    ['Mozilla/5.0 (Windows NT 10.0; Win64; x64; rv:140.0) Gecko/20100101 Firefox/140.0', 'firefox'],
    ['Mozilla/5.0 (Macintosh; Intel Mac OS X 14_5) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/18.0 Safari/605.1.15', 'safari'],
  ] as const)('%s is %s', (userAgent, name) => {
    expect(browserName(userAgent)).toBe(name);
  });
});

describe('remembered choices', () => {
  it('survive what other versions stored', () => {
    expect(parseChoices(null)).toEqual(firstChoices);
    expect(parseChoices('{broken')).toEqual(firstChoices);
    expect(parseChoices('[1]')).toEqual(firstChoices);
    expect(parseChoices('{"micOn":"yes","camera":"abc","evil":1}')).toEqual({ ...firstChoices, camera: 'abc' });
  });
});

describe('the device list', () => {
  it('leaves out devices that cannot be chosen yet', () => {
    const found = sortDevices([
      { kind: 'videoinput', deviceId: '', label: '' },
      { kind: 'audioinput', deviceId: 'm', label: 'Micro' },
      { kind: 'audiooutput', deviceId: 's', label: 'Loa' },
    ]);
    expect(found).toEqual({ cameras: [], mics: [{ id: 'm', label: 'Micro' }], speakers: [{ id: 's', label: 'Loa' }] });
  });
});

describe('the level meter', () => {
  it('follows the ear: silence is 0, full scale 1, and speech lies between', () => {
    expect(meterScale(0)).toBe(0);
    expect(meterScale(0.0001)).toBe(0);
    expect(meterScale(1)).toBe(1);
    expect(meterScale(0.05)).toBeGreaterThan(0.4);
    expect(meterScale(0.05)).toBeLessThan(0.7);
  });
});
