/**
 * The one way in which the gateway changes something: a transaction in which the idempotency token is taken, the handler
 * runs and the operation log is written — all of it or nothing. What was refused is logged too, with its reason.
 */
import { createHash } from 'node:crypto';
import { BasaltError, operationKey, type OperationEntry, type OperationKey, type Procedure } from '@basalt/contract';
import type { InputOf, OutputOf } from '@basalt/rpc';
import { canonicalJson } from '@basalt/service';
import type { Parts } from '../parts.ts';
import type { Transaction } from '../store/database.ts';
import { tokenAnswer, tokenPeek, tokenTake, type TokenUse } from '../store/idempotency-store.ts';
import { operationLogAdd, type LogEntry } from '../store/operation-log-store.ts';
import type { GatewayContext } from './context.ts';
import { errorOf } from './error-answer.ts';

/** What a handler tells about its change while it makes it. */
export interface Report {
  /** A resource that the operation is about; in the log by its name of now. */
  readonly resource: (kind: string, id: string, name: string) => void;
  /** Changed values, without secrets; for a change of something that was there, as `{field: {from, to}}`. */
  readonly detail: (values: Readonly<Record<string, unknown>>) => void;
}
export interface Work extends Report {
  readonly tx: Transaction;
  /** Runs after the commit; what fails there is logged and does not fail the call. */
  readonly after: (job: () => void | Promise<void>) => void;
}

type Call<P extends Procedure> = { readonly input: InputOf<P>; readonly ctx: GatewayContext };
export type ChangeHandler<P extends Procedure> = (call: Call<P> & { readonly work: Work }) => Promise<OutputOf<P>>;
export type LongHandler<P extends Procedure> = (call: Call<P> & { readonly report: Report }) => Promise<OutputOf<P>>;
export type PlainHandler<P extends Procedure> = (call: Call<P>) => Promise<OutputOf<P>>;

/** How a procedure of the gateway is done. */
export type Deed<P extends Procedure = Procedure> =
  /** A query. */
  | { readonly way: 'read'; readonly handle: PlainHandler<P> }
  /** A mutation within one transaction. */
  | {
      readonly way: 'change';
      readonly handle: ChangeHandler<P>;
      /** Runs before the transaction, but not for a token whose answer is known: a password or code is asked for once more. */
      readonly before?: (call: Call<P>) => Promise<void>;
    }
  /** A mutation that talks to others and holds no transaction meanwhile; its entry is written when it has ended. */
  | { readonly way: 'long'; readonly handle: LongHandler<P> }
  /** Signing in and what belongs to it: writes its own entries, since it is not yet known who acts. */
  | { readonly way: 'selfLogged'; readonly handle: PlainHandler<P> };

export const read = <P extends Procedure>(handle: PlainHandler<P>): Deed<P> => ({ way: 'read', handle });
export const change = <P extends Procedure>(handle: ChangeHandler<P>): Deed<P> => ({ way: 'change', handle });
/** A change that needs a check which must not hold a transaction, and whose findings outlive a refusal. */
export const changeAfter = <P extends Procedure>(
  before: (call: Call<P>) => Promise<void>,
  handle: ChangeHandler<P>,
): Deed<P> => ({ way: 'change', handle, before });
export const long = <P extends Procedure>(handle: LongHandler<P>): Deed<P> => ({ way: 'long', handle });
export const selfLogged = <P extends Procedure>(handle: PlainHandler<P>): Deed<P> => ({ way: 'selfLogged', handle });

const operationOf = (name: string, procedure: Procedure): OperationKey => {
  const found = operationKey.safeParse(procedure.operation ?? name);
  if (!found.success) throw new Error(`${name} names no operation of the log`);
  return found.data;
};

/** Who acts, as the log tells it. */
export const actorEntry = (
  ctx: GatewayContext,
): Pick<LogEntry, 'accountId' | 'accountName' | 'via' | 'apiKeyId' | 'address' | 'client' | 'requestId'> => ({
  accountId: ctx.session?.accountId ?? null,
  accountName: ctx.session?.name ?? '',
  via: ctx.session?.apiKeyId ? 'api' : 'console',
  apiKeyId: ctx.session?.apiKeyId ?? null,
  address: ctx.address,
  client: ctx.client,
  requestId: ctx.requestId,
});

function tokenUseOf(name: string, input: unknown, ctx: GatewayContext): TokenUse | null {
  if (typeof input !== 'object' || input === null || !ctx.session) return null;
  const token = 'requestToken' in input ? input.requestToken : undefined;
  if (typeof token !== 'string') return null;
  const inputHash = createHash('sha256')
    .update(canonicalJson({ ...input, requestToken: undefined }))
    .digest('hex');
  return { accountId: ctx.session.accountId, token, procedure: name, inputHash };
}

const isRepeated = async (parts: Parts, { name, input, ctx }: DeedCall): Promise<boolean> => {
  const use = tokenUseOf(name, input, ctx);
  return use !== null && (await tokenPeek(parts.db, use)) !== null;
};

/** Collects what a handler reports. */
function reportOpen(): Report & { readonly found: Required<Pick<LogEntry, 'resources' | 'detail'>> } {
  const resources: OperationEntry['resources'] = [];
  let detail: Readonly<Record<string, unknown>> = {};
  return {
    resource: (kind, id, name) => void resources.push({ kind, id, name }),
    detail: (values) => void (detail = { ...detail, ...values }),
    get found() {
      return { resources, detail };
    },
  };
}

export interface DeedCall {
  readonly name: string;
  readonly procedure: Procedure;
  /** As the contract parsed it. */
  readonly input: unknown;
  readonly ctx: GatewayContext;
}

/** Runs a deed. @throws what its handler throws; tokenReused when the token came with something else before. */
export async function deedRun(parts: Parts, deed: Deed, call: DeedCall): Promise<unknown> {
  const { input, ctx } = call;
  if (deed.way === 'read' || deed.way === 'selfLogged') return deed.handle({ input, ctx });
  const report = reportOpen();
  try {
    if (deed.way === 'change' && deed.before && !(await isRepeated(parts, call))) await deed.before({ input, ctx });
    return deed.way === 'change'
      ? await changeRun(parts, deed.handle, report, call)
      : await longRun(parts, deed.handle, report, call);
  } catch (error) {
    await refusalLog(parts, call, error, report.found);
    throw error;
  }
}

async function changeRun(
  parts: Parts,
  handle: ChangeHandler<Procedure>,
  report: ReturnType<typeof reportOpen>,
  { name, procedure, input, ctx }: DeedCall,
): Promise<unknown> {
  const use = tokenUseOf(name, input, ctx);
  const operation = operationOf(name, procedure);
  const jobs: (() => void | Promise<void>)[] = [];
  const answer = await parts.db.transaction(async (tx) => {
    const earlier = use && (await tokenTake(tx, use));
    if (earlier) {
      if (earlier.procedure !== use.procedure || earlier.inputHash !== use.inputHash)
        throw new BasaltError('tokenReused');
      return JSON.parse(parts.seal.unseal(earlier.answer ?? '')) as unknown;
    }
    const made = await handle({ input, ctx, work: { ...report, tx, after: (job) => void jobs.push(job) } });
    if (use) await tokenAnswer(tx, use, parts.seal.seal(JSON.stringify(made)));
    await operationLogAdd(tx, { operation, ...actorEntry(ctx), ...report.found, result: 'succeeded' });
    return made;
  });
  for (const job of jobs) {
    try {
      await job();
    } catch (error) {
      parts.log.error({ error, procedure: name, requestId: ctx.requestId }, 'what follows a change failed');
    }
  }
  return answer;
}

async function longRun(
  parts: Parts,
  handle: LongHandler<Procedure>,
  report: ReturnType<typeof reportOpen>,
  { name, procedure, input, ctx }: DeedCall,
): Promise<unknown> {
  const operation = operationOf(name, procedure);
  const made = await handle({ input, ctx, report });
  await parts.db.transaction((tx) =>
    operationLogAdd(tx, { operation, ...actorEntry(ctx), ...report.found, result: 'succeeded' }),
  );
  return made;
}

/** Writes down that a mutation was refused or failed; of callers that are known only, and never instead of the error. */
export async function refusalLog(
  parts: Parts,
  { name, procedure, ctx }: Omit<DeedCall, 'input'>,
  error: unknown,
  found: Partial<Pick<LogEntry, 'resources' | 'detail' | 'region'>> = {},
): Promise<void> {
  if (procedure.kind !== 'mutation' || !procedure.operation || !ctx.session) return;
  const told = errorOf(error);
  // An unexpected failure is counted too, but its parameters are for the log of the service only.
  const entry = {
    ...actorEntry(ctx),
    ...found,
    result: 'failed',
    error: told.code,
    errorParams: { ...told.params },
  } as const;
  try {
    await parts.db.transaction((tx) => operationLogAdd(tx, { operation: operationOf(name, procedure), ...entry }));
  } catch (failure) {
    parts.log.error({ error: failure, procedure: name, requestId: ctx.requestId }, 'a refusal was not logged');
  }
}
