import type { AccountId, ApiKey, ApiKeyId } from '@basalt/contract';
import type { ApiKeyWithAccount } from '../store/api-key-store.ts';

/** A key as the API shows it; the private key is no part of it. */
export const apiKeyView = ({ key, account }: ApiKeyWithAccount): ApiKey => ({
  id: key.id as ApiKeyId,
  name: key.name,
  account: { ...account, id: account.id as AccountId },
  publicKey: key.publicKey,
  enabled: key.enabled,
  permissions: key.permissions,
  createdAt: key.createdAt.toISOString(),
  lastUsed:
    key.lastUsedAt && key.lastUsedAddress ? { at: key.lastUsedAt.toISOString(), address: key.lastUsedAddress } : null,
});
