import type { AccountView } from '../../api/accounts';

export type AccountStanding = 'active' | 'locked' | 'closing' | 'disabled';

/** The one word that an administrator looks for: what keeps somebody out first. */
export function standingOf(account: AccountView): AccountStanding {
  if (account.disabled || account.idle) return 'disabled';
  if (account.locked) return 'locked';
  return account.closesSoon ? 'closing' : 'active';
}
