import type { OwnDeeds } from '../../http/own-call.ts';
import type { Parts } from '../../parts.ts';
import { pending } from '../pending.ts';

export const apiKeyDeeds = (_parts: Parts): OwnDeeds['apiKey'] => ({
  list: pending,
  disable: pending,
});
