import { problemCodes, type ProblemCode } from '../../api/problem';
import type { Stage } from '../../api/session';

const stages: readonly Stage[] = ['in', 'second-factor', 'new-password', 'enrol'];

/** What the bridge says behind the # when it leads back from the provider. */
export type Return = { readonly kind: 'stage'; readonly stage: Stage } | { readonly kind: 'fault'; readonly code: ProblemCode } | { readonly kind: 'proved' } | null;

/** Only words that are known here: an address that somebody made up says nothing. */
export function returnOf(hash: string): Return {
  if (hash === '#xong') return { kind: 'proved' };
  const [word, value = ''] = hash.replace(/^#/, '').split('=', 2);
  if (word === 'tiep') {
    const stage = stages.find((known) => known === value);
    return stage ? { kind: 'stage', stage } : null;
  }
  if (word !== 'loi') return null;
  const code = value.replaceAll('.', '_');
  return { kind: 'fault', code: problemCodes.find((known) => known === code) ?? 'unknown' };
}
