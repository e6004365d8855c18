/** How far a test mail came, as the steps of the conversation. */
import type { MailVerdict } from '@basalt/contract';
import type { StateTone } from '@basalt/ui';

export const stages = [
  'resolve',
  'connect',
  'tls',
  'auth',
  'sender',
  'recipient',
  'content',
  'sent',
] as const satisfies readonly MailVerdict['stage'][];
export type Stage = (typeof stages)[number];

/** Each stage with its tone: passed before the failing one, not reached after it. */
export function verdictSteps(
  { ok, stage }: Pick<MailVerdict, 'ok' | 'stage'>,
  skipped: readonly Stage[] = [],
): { stage: Stage; tone: StateTone; skipped: boolean }[] {
  const at = stages.indexOf(stage);
  return stages.map((key, index) => {
    const isSkipped = skipped.includes(key) && (ok || index !== at);
    const tone: StateTone = ok || index < at ? (isSkipped ? 'off' : 'ok') : index === at ? 'err' : 'off';
    return { stage: key, tone, skipped: isSkipped };
  });
}
