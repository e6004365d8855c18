/** One call of the platform: its input from options, its answer to the terminal, its tasks to their end. */
import { readFileSync } from 'node:fs';
import { procedures, type Procedure, type ProcedureTree, type TaskDetail } from '@basalt/contract';
import { clientCreate, taskIdsOf, waitForTask, type Client } from '@basalt/sdk';
import type { CliEnv } from './env.ts';
import { fieldsOf, inputMake, valueOf } from './fields.ts';
import { answerText, type Output } from './output.ts';
import { accessOf } from './profiles.ts';
import { UsageError } from './usage-error.ts';
import type { Say } from './words.ts';

export interface Terminal {
  readonly env: CliEnv;
  readonly say: Say;
  readonly out: (text: string) => void;
  readonly tell: (text: string, isFinal?: boolean) => void;
}

export interface GlobalOptions {
  readonly profile?: string;
  readonly url?: string;
  readonly region?: string;
  readonly output: Output;
}
export interface CallFlags extends GlobalOptions {
  readonly json?: string;
  readonly wait?: boolean;
  readonly waitTimeout?: string;
  readonly fields?: string;
  readonly all?: boolean;
}

/** The client of the profile. With no region anywhere, the only one there is. */
export async function clientOf({ env, say }: Terminal, given: GlobalOptions, needsRegion: boolean): Promise<Client> {
  const { url, publicKey, privateKey, region } = accessOf(env, given, say);
  const options = { url, key: { publicKey, privateKey }, locale: env.locale };
  if (region !== undefined || !needsRegion)
    return clientCreate({ ...options, ...(region === undefined ? {} : { region }) });
  const { items } = await clientCreate(options).region.list();
  const [only] = items;
  if (items.length !== 1 || !only) throw new UsageError(say('missing', { name: '--region' }));
  return clientCreate({ ...options, region: only.key });
}

function jsonBase(given: string | undefined, say: Say): Record<string, unknown> {
  if (given === undefined) return {};
  let base: unknown;
  try {
    base = JSON.parse(given === '-' ? readFileSync(0, 'utf8') : given);
  } catch (cause) {
    throw new UsageError(say('notJson', { name: '--json' }), { cause });
  }
  if (typeof base !== 'object' || base === null || Array.isArray(base))
    throw new UsageError(say('notJson', { name: '--json' }));
  return { ...base };
}

const uuid = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/iu;

/** People know names: an `id` that is none is looked for in the list of its area. @throws UsageError. */
async function idOf(client: Client, area: string, given: string, say: Say): Promise<string> {
  const tree: ProcedureTree = procedures;
  if (uuid.test(given) || !tree[area]?.['list']) return given;
  const list = (await client.call(`${area}.list`, { search: given, limit: 200 })) as {
    items: Record<string, unknown>[];
  };
  const found = list.items.filter((item) => item['name'] === given || item['email'] === given || item['id'] === given);
  const [only] = found;
  if (!only) throw new UsageError(say('noSuch', { name: given }));
  if (found.length > 1)
    throw new UsageError(say('several', { name: given, ids: found.map((item) => String(item['id'])).join(', ') }));
  return String(only['id']);
}

function progressTell({ say, tell }: Terminal, task: TaskDetail): void {
  const percent = `${Math.round(task.progress * 100)}%`.padStart(4);
  const isOver = task.finishedAt !== null || task.state === 'succeeded';
  tell(
    `${say('task')} ${task.target.name || task.id} ${task.kind} ${percent} ${task.state} ${task.currentStep ?? ''}`.trimEnd(),
    isOver,
  );
}

/** Every page of a list as one answer. */
async function allPages(
  client: Client,
  name: string,
  input: Readonly<Record<string, unknown>>,
  fields: readonly string[] | undefined,
): Promise<unknown> {
  const items: unknown[] = [];
  let [cursor, last]: [string | null, Record<string, unknown>] = [null, {}];
  do {
    last = (await client.call(
      name,
      { limit: 200, ...input, ...(cursor === null ? {} : { cursor }) },
      fields ? { fields } : {},
    )) as Record<string, unknown>;
    if (!Array.isArray(last['items'])) return last;
    items.push(...(last['items'] as unknown[]));
    cursor = typeof last['nextCursor'] === 'string' ? last['nextCursor'] : null;
  } while (cursor !== null);
  return { ...last, items };
}

export interface CallOf {
  readonly area: string;
  readonly verb: string;
  readonly procedure: Procedure;
  /** What stands in the path without an option, in order; `id` most often. */
  readonly places: readonly string[];
  readonly given: readonly string[];
  readonly options: Readonly<Record<string, unknown>> & CallFlags;
  /** Name under which the parser keeps an option. */
  readonly attribute: (flag: string) => string;
}

/** Does the call and prints its answer. @throws UsageError, ApiError, ConnectionError, TaskError. */
export async function callRun(
  terminal: Terminal,
  { area, verb, procedure, places, given, options, attribute }: CallOf,
): Promise<void> {
  const { say, out } = terminal;
  const fields = fieldsOf(procedure);
  const values = fields.flatMap((field) => {
    const typed = options[attribute(field.flag)];
    if (typed === undefined || field.flag === '--region') return [];
    return [[field, valueOf(field, typed as string | boolean | string[], say)] as const];
  });
  const input = inputMake(jsonBase(options.json, say), values);
  for (const [index, place] of places.entries()) {
    const word = given[index];
    if (word !== undefined) input[place] = word;
    if (input[place] === undefined) throw new UsageError(say('missing', { name: place }));
  }
  const needsRegion = fields.some(({ flag }) => flag === '--region');
  const client = await clientOf(terminal, options, needsRegion && input['region'] === undefined);
  if (typeof input['id'] === 'string' && places.includes('id'))
    input['id'] = await idOf(client, area, input['id'], say);
  const chosen = options.fields?.split(',').map((field) => field.trim());
  const name = `${area}.${verb}`;
  const answer = options.all
    ? await allPages(client, name, input, chosen)
    : await client.call(name, input, chosen ? { fields: chosen } : {});
  if (options.wait) {
    const timeout = options.waitTimeout === undefined ? {} : { timeout: Number(options.waitTimeout) * 1_000 };
    const region = typeof input['region'] === 'string' ? { region: input['region'] } : {};
    await Promise.all(
      taskIdsOf(answer).map((id) =>
        waitForTask(client, id, { ...region, ...timeout, onProgress: (task) => progressTell(terminal, task) }),
      ),
    );
  }
  out(answerText(answer, options.output, say));
}
