import { read } from '../../http/change.ts';
import type { OwnDeeds } from '../../http/own-call.ts';
import type { Parts } from '../../parts.ts';
import { accountGroupCreate } from './create.ts';
import { accountGroupDelete } from './delete.ts';
import { groupShape } from './group-shape.ts';
import { accountGroupList } from './list.ts';
import { accountGroupUpdate } from './update.ts';

export const accountGroupDeeds = (parts: Parts): OwnDeeds['accountGroup'] => ({
  list: accountGroupList(parts),
  get: read(({ input, ctx }) => groupShape(parts.db, input.id, ctx.locale)),
  create: accountGroupCreate(parts),
  update: accountGroupUpdate(parts),
  delete: accountGroupDelete(parts),
});
