import { read } from '../../http/change.ts';
import type { OwnDeed } from '../../http/own-call.ts';
import { passwordExpiryOf } from '../../identity/password-expiry.ts';
import type { Parts } from '../../parts.ts';
import { pendingEmailOf } from '../../store/link-store.ts';
import { recoveryCodesLeft } from '../../store/totp-store.ts';
import { accountOrThrow, accountShape } from '../account/account-shape.ts';
import { signedInOrThrow } from '../session/current-session.ts';

/** IAM-21. */
export const myAccountGet = (parts: Parts): OwnDeed<'myAccount', 'get'> =>
  read(async ({ ctx }) => {
    const { db, policy } = parts;
    const id = signedInOrThrow(ctx).accountId;
    const row = await accountOrThrow(db, id);
    const { email, name, level, bindings, groups, limits, lastSignIn } = await accountShape(parts, db, id, ctx.locale);
    const { lastFailureAt, lastFailureAddress, failures, totpSecret, totpSince } = row;
    return {
      email,
      pendingEmail: await pendingEmailOf(db, id),
      name,
      level,
      bindings,
      groups,
      totp: {
        enabled: totpSecret !== null,
        since: totpSince?.toISOString() ?? null,
        recoveryCodesLeft: totpSecret === null ? 0 : await recoveryCodesLeft(db, id),
      },
      passwordChangedAt: row.passwordChangedAt.toISOString(),
      passwordExpiresAt: passwordExpiryOf(row, policy.now().password)?.toISOString() ?? null,
      limits,
      lastSignIn,
      lastFailure:
        lastFailureAt && lastFailureAddress
          ? { at: lastFailureAt.toISOString(), address: lastFailureAddress, count: failures }
          : null,
      createdAt: row.createdAt.toISOString(),
    };
  });
