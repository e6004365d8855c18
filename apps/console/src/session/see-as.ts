/**
 * "See as this account" belongs to one browser tab: which account, kept over loads. Every call of the tab then carries it,
 * so that what is shown is what the gateway answers for that account, and every change is refused by the gateway.
 */
const key = 'basalt.seeAs';

/** The account that this tab sees as, or null. */
export function seeAsAccount(): string | null {
  return typeof window === 'undefined' ? null : window.sessionStorage.getItem(key);
}

export function seeAsSet(accountId: string | null): void {
  if (accountId === null) window.sessionStorage.removeItem(key);
  else window.sessionStorage.setItem(key, accountId);
}

/** Headers that every call carries. */
export function seeAsHeaders(): Record<string, string> {
  const account = seeAsAccount();
  return account === null ? {} : { 'x-basalt-see-as': account };
}

/** Begins or ends it with a full load, so that nothing of the other view stays in memory. */
export function seeAsGo(accountId: string | null, path: string): void {
  seeAsSet(accountId);
  window.location.assign(path);
}
