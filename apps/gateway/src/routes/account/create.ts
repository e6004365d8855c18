import type { InputOf } from '@basalt/rpc';
import type { procedures } from '@basalt/contract';
import { newId } from '@basalt/service';
import { change } from '../../http/change.ts';
import type { OwnDeed } from '../../http/own-call.ts';
import { invalid, nameTaken } from '../../identity/account-refusal.ts';
import { administratorsKept } from '../../identity/last-administrator.ts';
import { bindingsResolve, conflictsDemand, levelDemand, newBindingsDemand } from '../../identity/grants-bindings.ts';
import { grantorOf, type Grantor } from '../../identity/grants-check.ts';
import { groupsJoinDemand } from '../../identity/grants-groups.ts';
import { passwordHash } from '../../identity/password-hash.ts';
import { passwordGenerate, passwordPolicyCheck } from '../../identity/password-policy.ts';
import { sourceLimitsCanonical } from '../../identity/source-limits.ts';
import type { Parts } from '../../parts.ts';
import { accountAdd } from '../../store/account-store.ts';
import type { Transaction } from '../../store/database.ts';
import { membersAdd } from '../../store/group-store.ts';
import { bindingsReplace } from '../../store/role-store.ts';
import { signedInOrThrow } from '../session/current-session.ts';
import { accountShape } from './account-shape.ts';
import { regionsDemand } from './regions.ts';

type Input = InputOf<(typeof procedures)['account']['create']>;

/** Everything that can be wrong with the wish but its e-mail address. */
async function wishDemand(tx: Transaction, grantor: Grantor, input: Input): Promise<void> {
  const wished = await bindingsResolve(tx, input.bindings);
  levelDemand(input.level, wished, (i) => `bindings.${i}.role`);
  newBindingsDemand(grantor, wished, [], false);
  await groupsJoinDemand(tx, grantor, input.groups, input.level);
}

/** Adds an account; its first password is answered once, and never again. */
export const accountCreate = (parts: Parts): OwnDeed<'account', 'create'> =>
  change(async ({ input, ctx, work }) => {
    const { tx } = work;
    const session = signedInOrThrow(ctx);
    work.detail({ email: input.email, level: input.level });
    if (input.password !== undefined) passwordPolicyCheck(input.password, parts.policy.now().password);
    const regions = input.level === 'system' ? [] : regionsDemand(parts, input.regions);
    const limits = input.limits && sourceLimitsCanonical(input.limits);
    if (new Set(input.groups).size < input.groups.length) throw invalid('groups', '有重复', 'one stands here twice');
    const password = input.password ?? passwordGenerate();
    const hashed = await passwordHash(password);
    const id = newId();
    await administratorsKept(tx, 'demote', async () => {
      await wishDemand(tx, await grantorOf(tx, session), input);
      const added = await accountAdd(tx, {
        id,
        email: input.email,
        name: input.name,
        note: input.note,
        level: input.level,
        regions,
        passwordHash: hashed,
        passwordChangedAt: new Date(),
        mustChangePassword: input.mustChangePassword,
        ...limits,
      });
      if (!added) throw nameTaken(input.email, 'email');
      await bindingsReplace(tx, { accountId: id }, input.bindings);
      for (const groupId of input.groups) await membersAdd(tx, groupId, [id]);
      await conflictsDemand(tx, [id], 'bindings');
    });
    work.resource('account', id, input.name);
    const account = await accountShape(parts, tx, id, ctx.locale);
    work.detail({
      regions,
      roles: account.bindings.map(({ role, scope }) => ({ role, scope })),
      groups: account.groups.map(({ name }) => name),
      mustChangePassword: input.mustChangePassword,
    });
    return { account, password: input.password === undefined ? password : null };
  });
