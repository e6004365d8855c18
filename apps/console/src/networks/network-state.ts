import type { Network } from '@basalt/contract';
import type { StateTone } from '@basalt/ui';

export const networkTones: Record<Network['state'], StateTone> = {
  creating: 'busy',
  available: 'ok',
  deleting: 'busy',
  error: 'err',
};
