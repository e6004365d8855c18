/** Keys of all accounts, for who administers them: to be looked at and to be disabled. */
import { apiKeyId, BasaltError, both } from '@basalt/contract';
import { change, read } from '../../http/change.ts';
import type { OwnDeed, OwnDeeds } from '../../http/own-call.ts';
import { apiKeyView } from '../../identity/api-key-view.ts';
import type { Parts } from '../../parts.ts';
import { apiKeyChange, apiKeyLocked, apiKeysPage } from '../../store/api-key-store.ts';

function afterOf(cursor: string | undefined): string | null {
  if (cursor === undefined) return null;
  const id = apiKeyId.safeParse(cursor);
  if (!id.success)
    throw new BasaltError('invalidInput', { field: 'cursor', rule: both('无效', 'not a cursor') }, { field: 'cursor' });
  return id.data;
}

const list = (parts: Parts): OwnDeed<'apiKey', 'list'> =>
  read(async ({ input: { limit, page, cursor, search, filter } }) => {
    const { rows, total } = await apiKeysPage(parts.db, {
      limit,
      page,
      after: afterOf(cursor),
      search,
      accountId: filter.accountId,
      enabled: filter.enabled,
    });
    return {
      items: rows.map(apiKeyView),
      total,
      nextCursor: rows.length === limit ? (rows.at(-1)?.key.id ?? null) : null,
    };
  });

const disable = (parts: Parts): OwnDeed<'apiKey', 'disable'> =>
  change(async ({ input: { id }, work }) => {
    const found = await apiKeyLocked(work.tx, id);
    if (!found) throw new BasaltError('notFound', { kind: both('API 密钥', 'API key') }, { field: 'id' });
    const { key, account } = found;
    work.resource('apiKey', key.id, key.name);
    work.resource('account', account.id, account.name);
    if (key.enabled) work.detail({ enabled: { from: true, to: false } });
    await apiKeyChange(work.tx, id, { enabled: false });
    work.after(() => parts.apiKeys.changed(id));
    return apiKeyView({ key: { ...key, enabled: false }, account });
  });

export const apiKeyDeeds = (parts: Parts): OwnDeeds['apiKey'] => ({ list: list(parts), disable: disable(parts) });
