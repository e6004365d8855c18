/** Everybody's own API keys (IAM-15). Only who has signed in reaches the changes; see `personOnly`. */
import { BasaltError, both, type ApiKeyId, type Permission } from '@basalt/contract';
import { newId } from '@basalt/service';
import { permissionMissing } from '../../http/authorise.ts';
import { change, read } from '../../http/change.ts';
import type { GatewayContext } from '../../http/context.ts';
import type { OwnDeed } from '../../http/own-call.ts';
import { keyPairCreate } from '../../identity/api-key-pair.ts';
import { apiKeyView } from '../../identity/api-key-view.ts';
import type { SignedIn } from '../../identity/signed-in.ts';
import type { Parts } from '../../parts.ts';
import {
  apiKeyAdd,
  apiKeyChange,
  apiKeyDelete,
  apiKeyLocked,
  apiKeyNameTaken,
  apiKeysCountLocked,
  apiKeysOf,
  type ApiKeyWithAccount,
} from '../../store/api-key-store.ts';
import type { Transaction } from '../../store/database.ts';

const signedIn = ({ session }: GatewayContext): SignedIn => {
  if (!session) throw new BasaltError('notSignedIn');
  return session;
};

/** A key may be given what its account may, and keep what it was given before. */
function grantCheck(
  wanted: readonly Permission[] | null,
  may: ReadonlySet<Permission>,
  had: readonly Permission[],
): void {
  const beyond = wanted?.find((permission) => !may.has(permission) && !had.includes(permission));
  if (beyond === undefined) return;
  const { params } = permissionMissing(beyond);
  throw new BasaltError('grantExceeds', { permission: params['permission'] ?? beyond }, { field: 'permissions' });
}

async function nameCheck(tx: Transaction, accountId: string, name: string, except?: ApiKeyId): Promise<void> {
  if (await apiKeyNameTaken(tx, accountId, name, except))
    throw new BasaltError('nameTaken', { name }, { field: 'name' });
}

async function ownKey(tx: Transaction, id: ApiKeyId, ctx: GatewayContext): Promise<ApiKeyWithAccount> {
  const found = await apiKeyLocked(tx, id, signedIn(ctx).accountId);
  if (!found) throw new BasaltError('notFound', { kind: both('API 密钥', 'API key') }, { field: 'id' });
  return found;
}

export const apiKeysDeed = (parts: Parts): OwnDeed<'myAccount', 'apiKeys'> =>
  read(async ({ ctx }) => ({
    items: (await apiKeysOf(parts.db, signedIn(ctx).accountId)).map(apiKeyView),
    max: parts.apiKeys.maxPerAccount(),
  }));

export const createApiKeyDeed = (parts: Parts): OwnDeed<'myAccount', 'createApiKey'> =>
  change(async ({ input: { name, permissions }, ctx, work }) => {
    const { accountId, name: accountName, email, may } = signedIn(ctx);
    work.detail({ name, permissions });
    grantCheck(permissions, may, []);
    const max = parts.apiKeys.maxPerAccount();
    if ((await apiKeysCountLocked(work.tx, accountId)) >= max)
      throw new BasaltError('limitReached', { what: both('API 密钥', 'API keys of an account'), max });
    await nameCheck(work.tx, accountId, name);
    const { publicKey, privateKey } = keyPairCreate();
    const key = await apiKeyAdd(work.tx, {
      id: newId(),
      accountId,
      name,
      publicKey,
      secret: parts.seal.seal(privateKey),
      permissions,
    });
    work.resource('apiKey', key.id, name);
    work.detail({ publicKey });
    return { key: apiKeyView({ key, account: { id: accountId, name: accountName, email } }), privateKey };
  });

export const updateApiKeyDeed = (parts: Parts): OwnDeed<'myAccount', 'updateApiKey'> =>
  change(async ({ input: { id, name, enabled, permissions }, ctx, work }) => {
    const { key, account } = await ownKey(work.tx, id, ctx);
    work.resource('apiKey', key.id, key.name);
    const given = {
      ...(name === undefined || name === key.name ? {} : { name }),
      ...(enabled === undefined || enabled === key.enabled ? {} : { enabled }),
      ...(permissions === undefined ? {} : { permissions }),
    };
    work.detail(
      Object.fromEntries(
        Object.entries(given).map(([field, to]) => [field, { from: key[field as keyof typeof key], to }]),
      ),
    );
    if (permissions !== undefined) grantCheck(permissions, signedIn(ctx).may, key.permissions ?? []);
    if (given.name !== undefined) await nameCheck(work.tx, key.accountId, given.name, id);
    await apiKeyChange(work.tx, id, given);
    work.after(() => parts.apiKeys.changed(id));
    return apiKeyView({ key: { ...key, ...given }, account });
  });

export const deleteApiKeyDeed = (parts: Parts): OwnDeed<'myAccount', 'deleteApiKey'> =>
  change(async ({ input: { id }, ctx, work }) => {
    const { key } = await ownKey(work.tx, id, ctx);
    work.resource('apiKey', key.id, key.name);
    work.detail({ publicKey: key.publicKey });
    await apiKeyDelete(work.tx, id);
    work.after(() => parts.apiKeys.changed(id));
    return {};
  });
