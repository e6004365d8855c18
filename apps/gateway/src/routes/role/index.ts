import { read } from '../../http/change.ts';
import type { OwnDeeds } from '../../http/own-call.ts';
import type { Parts } from '../../parts.ts';
import { roleClone } from './clone.ts';
import { roleCreate } from './create.ts';
import { roleDelete } from './delete.ts';
import { roleHolderList } from './holders.ts';
import { roleList } from './list.ts';
import { roleShape } from './role-shape.ts';
import { roleUpdate } from './update.ts';

export const roleDeeds = (parts: Parts): OwnDeeds['role'] => ({
  list: roleList(parts),
  get: read(({ input, ctx }) => roleShape(parts.db, input.id, ctx.locale)),
  holders: roleHolderList(parts),
  create: roleCreate(parts),
  clone: roleClone(parts),
  update: roleUpdate(parts),
  delete: roleDelete(parts),
});
