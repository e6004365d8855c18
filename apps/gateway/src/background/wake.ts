/** Says to work in the background that there is something to do, without either side knowing the other. */
export type WakeCall = 'mail' | 'feed' | 'syslog' | 'webhooks';

export interface Wake {
  readonly say: (what: WakeCall) => void;
  readonly on: (what: WakeCall, listener: () => void) => void;
}

export function wakeCreate(): Wake {
  const listeners = new Map<WakeCall, (() => void)[]>();
  return {
    say: (what) => {
      for (const listener of listeners.get(what) ?? []) listener();
    },
    on: (what, listener) => void listeners.set(what, [...(listeners.get(what) ?? []), listener]),
  };
}
