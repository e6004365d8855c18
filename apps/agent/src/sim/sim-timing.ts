/** How long simulated things take, milliseconds. */
export interface SimTiming {
  readonly define: number;
  readonly start: number;
  readonly destroy: number;
  /** Any other act. */
  readonly act: number;
  /** From a press of the power button until the guest is off. */
  readonly shutdown: number;
  /** From the start until the guest agent answers. */
  readonly boot: number;
}

export const simTimingDefault: SimTiming = { define: 20, start: 200, destroy: 50, act: 10, shutdown: 800, boot: 2000 };
/** For tests that do not measure time. */
export const simTimingInstant: SimTiming = { define: 0, start: 0, destroy: 0, act: 0, shutdown: 20, boot: 0 };
