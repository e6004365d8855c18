import { BasaltError } from '@basalt/contract';
import { change, type Work } from '../../http/change.ts';
import type { OwnDeed } from '../../http/own-call.ts';
import { accountsChanged } from '../../identity/account-changed.ts';
import { refused } from '../../identity/account-refusal.ts';
import { duties, roleConflict, roleLabel } from '../../identity/duty-rules.ts';
import { postsFilled } from '../../identity/last-administrator.ts';
import type { Parts } from '../../parts.ts';
import { noticeSend } from '../../store/notices.ts';
import { dutySeparationNow, rightsLock, rolesHeld, type HeldRole } from '../../store/role-store.ts';
import { settingGet, settingPut } from '../../store/setting-store.ts';
import { signedInOrThrow } from '../session/current-session.ts';

type Locale = 'zh-CN' | 'en-US';
const pick = (text: string, locale: Locale): string => text.split('\u001F')[locale === 'zh-CN' ? 0 : 1] ?? text;

/**
 * Every account that holds two of the duties stands in `issues`; so does every duty that nobody could do.
 * @throws BasaltError roleConflict naming the first account's roles; actionRefused.
 */
function onDemand(held: readonly HeldRole[], locale: Locale): void {
  const conflicts = [...Map.groupBy(held, ({ accountId }) => accountId).values()].flatMap((roles) => {
    const conflict = roleConflict(roles, true);
    return conflict ? [{ ...conflict, email: roles[0]?.email ?? '' }] : [];
  });
  const [first] = conflicts;
  if (first)
    throw new BasaltError(
      'roleConflict',
      { a: first.a, b: first.b },
      {
        field: 'enabled',
        issues: conflicts.map(({ email, a, b }) => ({
          field: 'enabled',
          message: `${email}: ${pick(a, locale)} / ${pick(b, locale)}`,
        })),
      },
    );
  const filled = postsFilled(held, true);
  const missing = duties.filter((duty) => !filled.has(duty)).map((duty) => roleLabel(duty, null));
  if (missing.length > 0)
    throw refused(
      `以下角色还没有可用的账号：${missing.map((name) => pick(name, 'zh-CN')).join('、')}`,
      `No active account has the role ${missing.map((name) => pick(name, 'en-US')).join(', ')}`,
      missing.map((name) => ({ field: 'enabled', message: pick(name, locale) })),
    );
}

/** Off again, somebody must be there who may do everything; else nobody could hand permissions out any more. */
function offDemand(held: readonly HeldRole[]): void {
  if (!postsFilled(held, false).has('systemAdmin'))
    throw refused(
      '没有可用的账号拥有“系统管理员”角色，请先授予',
      'No active account has the role System administrator; grant it first',
    );
}

async function set({ tx, detail }: Work, enabled: boolean, by: string, locale: Locale): Promise<string[]> {
  await rightsLock(tx);
  const before = await dutySeparationNow(tx);
  if (before === enabled) return [];
  const held = await rolesHeld(tx, null);
  if (enabled) onDemand(held, locale);
  else offDemand(held);
  const stored = await settingGet(tx, 'dutySeparation');
  await settingPut(tx, { key: 'dutySeparation', value: { enabled }, version: stored?.version ?? 0, by });
  await noticeSend(tx, { kind: 'policy' });
  detail({ enabled: { from: before, to: enabled } });
  return [...new Set(held.map(({ accountId }) => accountId))];
}

/** IAM-18. Holds from the next request of everybody, also of who turns it. */
export const loginPolicySetDutySeparation = (parts: Parts): OwnDeed<'loginPolicy', 'setDutySeparation'> =>
  change(async ({ input, ctx, work }) => {
    const concerned = await set(work, input.enabled, signedInOrThrow(ctx).name, ctx.locale);
    accountsChanged(parts, work, concerned);
    work.after(async () => void (await parts.policy.refresh()));
    return { ...parts.policy.now(), dutySeparation: input.enabled };
  });
