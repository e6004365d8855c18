/** Which of several VMs an action holds for; the rest is left out and told. */
export interface Applicability<T> {
  possible: T[];
  /** The first reason among those it does not hold for. */
  reason: string | undefined;
}

export function applicability<T>(targets: readonly T[], reasonOf: (target: T) => string | undefined): Applicability<T> {
  const reasons = targets.map(reasonOf);
  return {
    possible: targets.filter((_, index) => reasons[index] === undefined),
    reason: reasons.find((reason) => reason !== undefined),
  };
}
