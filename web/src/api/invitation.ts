import type { components } from './schema';
import { send } from './call';

/** What the word of a link tells its holder: to which point and meeting it belongs, and nothing else. */
export type Invitation = components['schemas']['OutboxSeen'];

/** Says that the point has seen its invitation (SCH-09). Throws a Problem for a word that is wrong or too old. */
export async function openInvitation(token: string): Promise<Invitation> {
  return send('POST', '/api/seen', { token });
}
