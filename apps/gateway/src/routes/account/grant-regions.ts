import { differences } from '@basalt/service';
import { change } from '../../http/change.ts';
import type { OwnDeed } from '../../http/own-call.ts';
import { accountsChanged } from '../../identity/account-changed.ts';
import { invalid } from '../../identity/account-refusal.ts';
import { grantDemand, grantorOf } from '../../identity/grants-check.ts';
import type { Parts } from '../../parts.ts';
import { accountChange } from '../../store/account-store.ts';
import { accountRights, rightsLock } from '../../store/role-store.ts';
import { signedInOrThrow } from '../session/current-session.ts';
import { accountOrThrow, accountShape } from './account-shape.ts';
import { regionsDemand } from './regions.ts';

export const accountGrantRegions = (parts: Parts): OwnDeed<'account', 'grantRegions'> =>
  change(async ({ input, ctx, work }) => {
    const { tx } = work;
    await rightsLock(tx);
    const before = await accountOrThrow(tx, input.id);
    work.resource('account', before.id, before.name);
    if (before.level === 'system')
      throw invalid('regions', '系统级账号拥有全部地域', 'an account of level system has all regions');
    const regions = regionsDemand(parts, input.regions);
    const added = regions.filter((key) => !before.regions.includes(key));
    if (added.length > 0) {
      // the account may there what it may elsewhere
      const given = (await accountRights(tx, before.id))?.bindings ?? [];
      grantDemand(await grantorOf(tx, signedInOrThrow(ctx)), given, { toHimself: false, field: 'regions' });
    }
    work.detail(differences({ regions: before.regions }, { regions }));
    await accountChange(tx, before.id, { regions });
    accountsChanged(parts, work, [before.id]);
    return accountShape(parts, tx, before.id, ctx.locale);
  });
