import { BasaltError, both, permissionLabel, type Access } from '@basalt/contract';
import type { GatewayContext } from './context.ts';

/**
 * The one decision whether an account may call a procedure; every way in asks it. Deny by default: what is neither public
 * nor open to any session needs a permission.
 * @throws BasaltError notSignedIn, passwordChangeRequired, permissionMissing.
 */
export function authorise(call: {
  readonly name: string;
  readonly procedure: { readonly access: Access };
  readonly ctx: GatewayContext;
}): void {
  const { name, ctx } = call;
  const { access } = call.procedure;
  if (access === 'public') return;
  if (!ctx.session) throw new BasaltError('notSignedIn');
  if (ctx.session.mustChangePassword && !name.startsWith('session.')) throw new BasaltError('passwordChangeRequired');
  if (access === 'session' || ctx.session.permissions.has(access)) return;
  const label = permissionLabel(access);
  throw new BasaltError('permissionMissing', {
    permission: both(`${label['zh-CN']}（${access}）`, `${label['en-US']} (${access})`),
  });
}
