import { BasaltError } from '@basalt/contract';
import { change, long, read } from '../../http/change.ts';
import type { OwnDeeds } from '../../http/own-call.ts';
import type { Parts } from '../../parts.ts';

const pending = (): never => {
  throw new BasaltError('unavailable');
};

export const webhookDeeds = (_parts: Parts): OwnDeeds['webhook'] => ({
  list: read(async () => pending()),
  get: read(async () => pending()),
  deliveries: read(async () => pending()),
  create: change(async () => pending()),
  update: change(async () => pending()),
  rotateSecret: change(async () => pending()),
  retry: change(async () => pending()),
  skip: change(async () => pending()),
  test: long(async () => pending()),
  delete: change(async () => pending()),
  destinations: read(async () => pending()),
  updateDestinations: change(async () => pending()),
});
