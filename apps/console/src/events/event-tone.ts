import type { ResourceEvent } from '@basalt/contract';
import type { StateTone } from '@basalt/ui';

/** What merely happened is hollow grey (rule 20). */
export const eventTones: Record<ResourceEvent['level'], StateTone> = { normal: 'off', warning: 'warn', error: 'err' };
