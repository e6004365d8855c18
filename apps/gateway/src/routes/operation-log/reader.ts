import { BasaltError, type Permission } from '@basalt/contract';
import type { GatewayContext } from '../../http/context.ts';
import { permissionMissing } from '../../http/authorise.ts';
import type { SignedIn } from '../../identity/signed-in.ts';
import type { LogReader } from '../../log/entry-view.ts';

const signedIn = (ctx: GatewayContext): SignedIn => {
  if (!ctx.session) throw new BasaltError('notSignedIn');
  return ctx.session;
};

/** The caller as a reader of the log. @throws BasaltError notSignedIn. */
export function logReaderOf(ctx: GatewayContext, ownOnly = false): LogReader {
  const { accountId, regions } = signedIn(ctx);
  return { accountId, regions, locale: ctx.locale, ownOnly };
}

/**
 * What concerns the whole platform is for accounts of level `system`, also where a role of level `region` has the permission.
 * @throws BasaltError notSignedIn, permissionMissing.
 */
export function systemLevelCheck(ctx: GatewayContext, permission: Permission): void {
  if (signedIn(ctx).level !== 'system') throw permissionMissing(permission);
}
