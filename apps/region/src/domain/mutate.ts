/**
 * The one way to change something: a transaction in which the idempotency token is taken, the domain function runs, and
 * the operation log, the tasks and the outbox are written — all of it or nothing.
 */
import { createHash } from 'node:crypto';
import { BasaltError, type Procedure, type TaskId } from '@basalt/contract';
import { canonicalJson } from '@basalt/service';
import { sql } from 'drizzle-orm';
import { z } from 'zod';
import { tokenAnswer, tokenTake, type TokenUse } from '../store/idempotency.ts';
import { operationRow, type OperationEntry } from '../store/operation-log.ts';
import type { TaskInputs, TaskKind } from '../store/task-inputs.ts';
import { transact, type Work } from '../store/transact.ts';
import { taskActorOf, type Context } from './context.ts';

export interface Mutation extends Work {
  /** A line of the operation log about one resource. */
  readonly log: (entry: Omit<OperationEntry, 'operation'> & { readonly operation?: string }) => void;
  /** Makes the task that does the rest. */
  readonly task: <K extends TaskKind>(
    kind: K,
    target: { readonly kind: string; readonly id: string; readonly name: string },
    input: TaskInputs[K],
  ) => Promise<TaskId>;
}

export interface MutateOptions {
  /** Key of the operation table. */
  readonly operation: string;
  /** As parsed. `requestToken` in it makes a repetition give the same answer for 24 hours. */
  readonly input: object & { readonly requestToken?: string | undefined };
  /** The answer holds a secret: what is kept for repetitions is sealed. */
  readonly secretAnswer?: boolean;
}

const hashOf = (input: object): string =>
  createHash('sha256')
    .update(canonicalJson({ ...input, requestToken: undefined }))
    .digest('hex');

/**
 * @returns what `body` answers, or the stored answer of an earlier request with the same token and input.
 * @throws BasaltError tokenReused when the token came with something else before.
 */
export function mutate<T>(ctx: Context, options: MutateOptions, body: (work: Mutation) => Promise<T>): Promise<T> {
  const { services, actor } = ctx;
  const use: TokenUse | null = options.input.requestToken
    ? {
        accountId: actor.sub,
        token: options.input.requestToken,
        procedure: options.operation,
        inputHash: hashOf(options.input),
      }
    : null;
  return transact(services.db, async (work) => {
    const earlier = use && (await tokenTake(work.tx, use));
    if (earlier) {
      if (earlier.procedure !== use.procedure || earlier.inputHash !== use.inputHash)
        throw new BasaltError('tokenReused');
      return (options.secretAnswer ? JSON.parse(services.seal.unseal(String(earlier.answer))) : earlier.answer) as T;
    }
    const entries: OperationEntry[] = [];
    const answer = await body({
      ...work,
      log: (entry) => void entries.push({ operation: options.operation, ...entry }),
      task: (kind, target, input) =>
        services.tasks.enqueue(work, {
          kind,
          target,
          input,
          actor: taskActorOf(actor),
          locale: ctx.locale,
          requestId: ctx.requestId,
        }),
    });
    for (const entry of entries) work.operation(operationRow(actor, ctx.requestId, entry));
    if (use)
      await tokenAnswer(work.tx, use, options.secretAnswer ? services.seal.seal(JSON.stringify(answer)) : answer);
    return answer;
  });
}

const nameTables: Readonly<Record<string, string>> = {
  vm: 'vms',
  host: 'hosts',
  image: 'images',
  network: 'networks',
  computeCluster: 'compute_clusters',
};

/** What an input names, with its name of now where it has one. */
async function resourceOf(
  ctx: Context,
  area: string,
  input: unknown,
): Promise<{ readonly kind: string; readonly id: string; readonly name: string }> {
  const fields = typeof input === 'object' && input !== null ? (input as Readonly<Record<string, unknown>>) : {};
  const { id, name } = fields;
  if (typeof id !== 'string' || !z.uuid().safeParse(id).success)
    return { kind: area, id: '', name: typeof name === 'string' ? name.slice(0, 128) : '' };
  const table = nameTables[area];
  if (table === undefined) return { kind: area, id, name: '' };
  const found = await ctx.services.db.execute<{ name: string }>(
    sql`select name from ${sql.identifier(table)} where id = ${id}::uuid`,
  );
  return { kind: area, id, name: found.rows[0]?.name ?? '' };
}

/**
 * Writes down that a mutation was refused or failed, and why. `raw` is the input as it came, before it was judged. Never
 * throws: it must not take the place of the error.
 */
export async function refusalLog(
  ctx: Context,
  name: string,
  procedure: Pick<Procedure, 'kind' | 'operation'>,
  raw: unknown,
  error: BasaltError,
): Promise<void> {
  if (procedure.kind !== 'mutation' || procedure.operation === undefined) return;
  const { operation } = procedure;
  try {
    const resource = await resourceOf(ctx, name.split('.')[0] ?? '', raw);
    await transact(ctx.services.db, async (work) => {
      const row = operationRow(ctx.actor, ctx.requestId, { operation, resource });
      work.operation({ ...row, result: 'failed', error: error.code, errorParams: { ...error.params } });
    });
  } catch (failure) {
    ctx.services.log.error({ error: failure, procedure: name, requestId: ctx.requestId }, 'a refusal was not logged');
  }
}
