import type { OwnDeeds } from '../../http/own-call.ts';
import type { Parts } from '../../parts.ts';
import { webhookCreate } from './create.ts';
import { webhookDelete } from './delete.ts';
import { webhookDeliveriesList } from './deliveries.ts';
import { webhookDestinationsGet, webhookUpdateDestinations } from './destinations.ts';
import { webhookGet } from './get.ts';
import { webhookList } from './list.ts';
import { webhookRetry } from './retry.ts';
import { webhookRotateSecret } from './rotate-secret.ts';
import { webhookSkip } from './skip.ts';
import { webhookTest } from './test.ts';
import { webhookUpdate } from './update.ts';

export const webhookDeeds = (parts: Parts): OwnDeeds['webhook'] => ({
  list: webhookList(parts),
  get: webhookGet(parts),
  deliveries: webhookDeliveriesList(parts),
  create: webhookCreate(parts),
  update: webhookUpdate(parts),
  rotateSecret: webhookRotateSecret(parts),
  retry: webhookRetry(parts),
  skip: webhookSkip(parts),
  test: webhookTest(parts),
  delete: webhookDelete(parts),
  destinations: webhookDestinationsGet(parts),
  updateDestinations: webhookUpdateDestinations(parts),
});
