/**
 * Whether somebody is at the page (IAM-11). Pages ask again by themselves all the time; only what is asked shortly after a
 * key, a touch or a move of the mouse is somebody's doing and keeps the session alive. Who types into a form or a guest's
 * screen asks for nothing meanwhile, so his presence is told once a minute.
 */
const PRESENT_MS = 15_000;
export const TELL_EVERY_MS = 60_000;
const signs = ['keydown', 'pointerdown', 'pointermove', 'wheel'] as const;

// to load a page is somebody's doing
let lastAct = Date.now();

/** Whether what is asked now is asked by somebody who is there. */
export const userPresent = (): boolean => Date.now() - lastAct <= PRESENT_MS;

/** Calls `tell` with the first act after each minute. @returns how to stop watching. */
export function activityWatch(target: EventTarget, tell: () => void): () => void {
  let told = Date.now();
  lastAct = told;
  const act = (): void => {
    lastAct = Date.now();
    if (lastAct - told < TELL_EVERY_MS) return;
    told = lastAct;
    tell();
  };
  // before anybody can keep the event to himself, as the guest's screen does
  const early = { capture: true, passive: true } as const;
  for (const sign of signs) target.addEventListener(sign, act, early);
  return () => {
    for (const sign of signs) target.removeEventListener(sign, act, early);
  };
}
