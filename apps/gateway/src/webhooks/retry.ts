/** When a message is tried again. */
const FIRST_MS = 5_000;
const MOST_MS = 600_000;
/** A receiver may ask for more patience, up to this. */
const ASKED_MOST_MS = 3_600_000;

/** Wait after the nth failure in a row: doubled each time, with some chance in it so that not all come at once. */
export const backOff = (failures: number, firstMs = FIRST_MS, chance = Math.random()): number => {
  const wait = Math.min(firstMs * 2 ** Math.min(Math.max(failures - 1, 0), 30), Math.max(MOST_MS, firstMs));
  return Math.round(wait * (0.8 + chance * 0.4));
};

/** Milliseconds that a `retry-after` header asks for: seconds or a date. Null when it is neither. */
export function retryAfter(header: string | null, now: number): number | null {
  if (header === null) return null;
  const text = header.trim();
  const wait = /^\d{1,9}$/u.test(text) ? Number(text) * 1_000 : Date.parse(text) - now;
  return Number.isFinite(wait) ? Math.min(Math.max(wait, 0), ASKED_MOST_MS) : null;
}

/** When to try again after a failure. */
export const nextTry = (
  failures: number,
  { status, retryAfterMs }: { readonly status: number | null; readonly retryAfterMs: number | null },
  now: number,
  firstMs?: number,
): Date =>
  new Date(now + Math.max(backOff(failures, firstMs), status === 429 || status === 503 ? (retryAfterMs ?? 0) : 0));
