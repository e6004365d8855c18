/** How far something came that goes through stages, as steps with tones: a mail on its way, a message to a receiver. */
import type { StateTone } from '@basalt/ui';

export interface VerdictStep<Stage extends string> {
  stage: Stage;
  tone: StateTone;
  /** The settings do without it. */
  skipped: boolean;
}

/** Each stage with its tone: passed before the failing one, not reached after it. */
export function verdictSteps<Stage extends string>(
  stages: readonly Stage[],
  { ok, stage }: { ok: boolean; stage: Stage },
  skipped: readonly Stage[] = [],
): VerdictStep<Stage>[] {
  const at = stages.indexOf(stage);
  return stages.map((key, index) => {
    const isSkipped = skipped.includes(key) && (ok || index !== at);
    const tone: StateTone = ok || index < at ? (isSkipped ? 'off' : 'ok') : index === at ? 'err' : 'off';
    return { stage: key, tone, skipped: isSkipped };
  });
}
