/** The token of a mail's link: it stands in the fragment, and leaves the address as soon as it is read. */

/** The token in a fragment such as `#token=…`, or null. */
export function tokenOf(fragment: string): string | null {
  const token = new URLSearchParams(fragment.replace(/^#/u, '')).get('token');
  return token !== null && /^[\w-]{20,128}$/u.test(token) ? token : null;
}

/** Takes the token out of the address bar, so that neither history nor a shared screen keeps it. */
export const fragmentDrop = (): void =>
  window.history.replaceState(window.history.state, '', window.location.pathname + window.location.search);
