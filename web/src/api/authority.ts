import type { components } from './schema';
import { get } from './call';
import { Problem } from './problem';

export type Authority = components['schemas']['AuthorityOutputBody'];

/** The certificate authority that rooms have to trust; null where the operator has a certificate of his own. */
export async function fetchAuthority(): Promise<Authority | null> {
  try {
    return await get<Authority>('/api/authority');
  } catch (error) {
    if (error instanceof Problem && error.status === 404) return null;
    throw error;
  }
}
