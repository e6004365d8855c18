import { differences } from '@basalt/service';
import { change } from '../../http/change.ts';
import type { OwnDeed } from '../../http/own-call.ts';
import { accountsChanged } from '../../identity/account-changed.ts';
import { nameTaken } from '../../identity/account-refusal.ts';
import { takeOverDemand } from '../../identity/grants-check.ts';
import type { Parts } from '../../parts.ts';
import { accountByEmail, accountChange, accountLinksVoid } from '../../store/account-store.ts';
import { rightsLock } from '../../store/role-store.ts';
import { given } from '../given.ts';
import { signedInOrThrow } from '../session/current-session.ts';
import { accountOrThrow, accountShape } from './account-shape.ts';

/** Name, note, e-mail address; a new address takes the forgotten password's mail along, so it asks for more. */
export const accountUpdate = (parts: Parts): OwnDeed<'account', 'update'> =>
  change(async ({ input, ctx, work }) => {
    const { tx } = work;
    const { id, email, name, note } = input;
    await rightsLock(tx);
    const before = await accountOrThrow(tx, id);
    work.resource('account', id, before.name);
    const wanted = given({ email, name, note });
    const changes = differences({ email: before.email, name: before.name, note: before.note }, wanted);
    work.detail(changes);
    if (changes['email'] && email !== undefined) {
      await takeOverDemand(tx, signedInOrThrow(ctx), id);
      if (await accountByEmail(tx, email)) throw nameTaken(email, 'email');
      await accountLinksVoid(tx, id);
    }
    if (Object.keys(changes).length > 0) await accountChange(tx, id, wanted);
    accountsChanged(parts, work, [id]);
    return accountShape(parts, tx, id, ctx.locale);
  });
