/**
 * Why a session ended, carried over the full load that leads to the sign-in page. It is told once: the gateway answers it to
 * the old token, and that is gone by then.
 */
const key = 'basalt.ended';

/** Keeps the reason, which may be in both languages, for the sign-in page of this tab. */
export const endedReasonKeep = (reason: string): void => sessionStorage.setItem(key, reason);

/** The reason, or null. It stays until {@link endedReasonForget}, so that a second drawing of the page has it too. */
export const endedReasonRead = (): string | null => sessionStorage.getItem(key);

export const endedReasonForget = (): void => sessionStorage.removeItem(key);
