import type { LoginPolicyValues } from '@basalt/contract';
import { differences } from '@basalt/service';
import { change } from '../../http/change.ts';
import type { OwnDeed } from '../../http/own-call.ts';
import { noticeSend } from '../../store/notices.ts';
import type { Parts } from '../../parts.ts';
import { settingPut } from '../../store/setting-store.ts';
import { signedInOrThrow } from '../session/current-session.ts';

/** Values by paths such as `password.minLength`. */
const flat = (values: object, path = ''): [string, unknown][] =>
  Object.entries(values).flatMap(([key, value]: [string, unknown]) =>
    typeof value === 'object' && value !== null ? flat(value, `${path}${key}.`) : [[`${path}${key}`, value]],
  );

/** SET-05: holds from the next request, in every gateway process. */
export const loginPolicyUpdate = (parts: Parts): OwnDeed<'loginPolicy', 'update'> =>
  change(async ({ input, ctx, work }) => {
    const { password, lockout, session, passwordReset, apiKeysPerAccount, version } = input;
    const values: LoginPolicyValues = { password, lockout, session, passwordReset, apiKeysPerAccount };
    // also what another process has changed a moment ago
    const before = await parts.policy.refresh();
    const { name } = signedInOrThrow(ctx);
    const row = await settingPut(work.tx, { key: 'loginPolicy', value: values, version, by: name });
    await noticeSend(work.tx, { kind: 'policy' });
    work.detail(differences(Object.fromEntries(flat(before)), Object.fromEntries(flat(values))));
    work.after(async () => {
      await parts.policy.refresh();
      // what is known of sessions was judged by the policy of before
      parts.sessions.heard(null);
    });
    return {
      ...values,
      dutySeparation: before.dutySeparation,
      version: row.version,
      updatedAt: row.updatedAt.toISOString(),
      updatedBy: row.updatedBy,
    };
  });
