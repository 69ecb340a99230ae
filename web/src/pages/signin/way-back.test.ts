import { expect, it } from 'vitest';
import { returnOf } from './way-back';

it('takes words of the bridge only from an address', () => {
  expect(returnOf('#tiep=second-factor')).toEqual({ kind: 'stage', stage: 'second-factor' });
  expect(returnOf('#tiep=admin')).toBeNull();
  expect(returnOf('#loi=openid.unknown')).toEqual({ kind: 'fault', code: 'openid_unknown' });
  expect(returnOf('#loi=<b>')).toEqual({ kind: 'fault', code: 'unknown' });
  expect(returnOf('#xong')).toEqual({ kind: 'proved' });
  for (const none of ['', '#', '#/trang-chu']) expect(returnOf(none)).toBeNull();
});
