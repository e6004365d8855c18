import { differences } from '@basalt/service';
import { change } from '../../http/change.ts';
import type { OwnDeed } from '../../http/own-call.ts';
import { accountsChanged } from '../../identity/account-changed.ts';
import { lastUnlimitedDemand } from '../../identity/last-administrator.ts';
import { limitsOf } from '../../identity/signed-in.ts';
import { ownLimitsDemand, sourceLimitsCanonical } from '../../identity/source-limits.ts';
import type { Parts } from '../../parts.ts';
import { accountChange } from '../../store/account-store.ts';
import { signedInOrThrow } from '../session/current-session.ts';
import { accountOrThrow, accountShape } from './account-shape.ts';

/** IAM-12: kept in canonical form; holds from the next request, of sessions and keys alike. Nobody locks himself out. */
export const accountSetSourceLimits = (parts: Parts): OwnDeed<'account', 'setSourceLimits'> =>
  change(async ({ input, ctx, work }) => {
    const before = await accountOrThrow(work.tx, input.id);
    work.resource('account', before.id, before.name);
    const limits = sourceLimitsCanonical(input.limits);
    const changes = differences(limitsOf(before), limits);
    work.detail(changes);
    if (before.id === signedInOrThrow(ctx).accountId) ownLimitsDemand(limits, ctx.address);
    else if (Object.keys(changes).length > 0 && (limits.sources.length > 0 || limits.hours.length > 0))
      await lastUnlimitedDemand(work.tx, before.id);
    await accountChange(work.tx, before.id, limits);
    accountsChanged(parts, work, [before.id]);
    return accountShape(parts, work.tx, before.id, ctx.locale);
  });
