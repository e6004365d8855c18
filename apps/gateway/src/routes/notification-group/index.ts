import type { OwnDeeds } from '../../http/own-call.ts';
import type { Parts } from '../../parts.ts';
import { notificationGroupCreate } from './create.ts';
import { notificationGroupDelete } from './delete.ts';
import { notificationGroupList } from './list.ts';
import { notificationGroupUpdate } from './update.ts';

export const notificationGroupDeeds = (parts: Parts): OwnDeeds['notificationGroup'] => ({
  list: notificationGroupList(parts),
  create: notificationGroupCreate(parts),
  update: notificationGroupUpdate(parts),
  delete: notificationGroupDelete(parts),
});
