/** Tells the log that an account was used from where, or when, it may not be (IAM-12). */
import type { BasaltError } from '@basalt/contract';
import type { Parts } from '../parts.ts';
import { operationLogAdd } from '../store/operation-log-store.ts';
import { rateLimitCreate } from './rate-limit.ts';

/** A console that goes on asking must not fill the log. */
const told = rateLimitCreate(1, 60);

export interface Denied {
  readonly account: { readonly accountId: string; readonly name: string };
  /** What was used: a session, a key, or nothing yet at sign-in. */
  readonly session?: string;
  readonly apiKeyId?: string;
  readonly address: string;
  readonly client: string;
  readonly requestId: string;
}

/** Once a minute per account and address; at sign-in every time. Never throws. */
export async function sourceDenied(
  { db, log }: Pick<Parts, 'db' | 'log'>,
  refusal: BasaltError,
  { account, session, apiKeyId, address, client, requestId }: Denied,
): Promise<void> {
  if ((session || apiKeyId) && told.take(`${account.accountId} ${address}`) > 0) return;
  try {
    await db.transaction((tx) =>
      operationLogAdd(tx, {
        operation: 'session.denySource',
        accountId: account.accountId,
        accountName: account.name,
        via: apiKeyId ? 'api' : 'console',
        apiKeyId: apiKeyId ?? null,
        address,
        client,
        requestId,
        result: 'failed',
        error: refusal.code,
        errorParams: { ...refusal.params },
        detail: session ? { session } : {},
      }),
    );
  } catch (error) {
    log.error({ error, requestId }, 'a refused address was not logged');
  }
}
