/**
 * What every ensure operation has in common: once per operation id, one at a time per VM, never for an older placement
 * than the host has obeyed, never past its deadline.
 */
import { createHash } from 'node:crypto';
import { BasaltError } from '@basalt/contract';
import { operationError, refused, timedOut } from './errors.ts';
import type { AgentHost, CallLimit } from './host.types.ts';

export interface EnsureInput {
  readonly operationId: string;
  /** ISO 8601. */
  readonly deadline: string;
  readonly vmId?: string;
  readonly epoch?: number;
}

/** The same text for the same value, whatever the order of its keys. */
function canonical(value: unknown): string {
  if (Array.isArray(value)) return `[${value.map(canonical).join(',')}]`;
  if (typeof value !== 'object' || value === null) return JSON.stringify(value) ?? 'null';
  const entries = Object.entries(value).filter(([, v]) => v !== undefined);
  entries.sort(([a], [b]) => (a < b ? -1 : 1));
  return `{${entries.map(([k, v]) => `${JSON.stringify(k)}:${canonical(v)}`).join(',')}}`;
}

/** A repeated call may carry a later deadline; everything else must be the same. */
export function inputHash(operation: string, input: EnsureInput): string {
  const { deadline: _, ...rest } = input;
  return createHash('sha256')
    .update(`${operation}\n${canonical(rest)}`)
    .digest('base64url');
}

/** The answer comes this much before the region stops waiting. */
const MARGIN_MS = 500;

/**
 * Runs `act` once for the operation's id and gives its answer; a repeated call gets the recorded one. A failure is not
 * recorded: the same id may try again.
 * @throws BasaltError agentRefused (same id, other input), staleEpoch, agentTimedOut, or what `act` throws.
 */
export async function ensureOnce<O>(
  host: AgentHost,
  operation: string,
  deadlineMs: number,
  input: EnsureInput,
  act: (limit: CallLimit) => Promise<O>,
): Promise<O> {
  const hash = inputHash(operation, input);
  const id = input.operationId;
  const known = host.journal.answered(id) ?? host.running.get(id);
  if (known && known.input !== hash)
    throw refused(host.hostName, `operation ${id} was given before with a different input`);
  // The answer was this operation's output when it was recorded under the same hash.
  if (known) return (await known.answer) as O;

  const left = Math.min(deadlineMs, Date.parse(input.deadline) - Date.now()) - MARGIN_MS;
  if (!(left > 0)) throw timedOut(host.hostName, 0);
  const signal = AbortSignal.timeout(left);
  const key = input.vmId ?? 'host';
  const once = host.queue.run(key, signal, async () => {
    await host.intercept?.before(operation, signal);
    await epochObey(host, input);
    const answer = await act({ signal });
    await host.journal.answerRecord(id, hash, answer);
    await host.intercept?.after(operation, signal);
    return answer;
  });
  // The VM's turn ends when the act has settled; the caller is answered at the deadline in any case.
  const answer = Promise.race([once, deadlineOf(signal)]).catch((error: unknown) => {
    if (signal.aborted && !(error instanceof BasaltError)) throw timedOut(host.hostName, left / 1000, error);
    throw operationError(host.hostName, error);
  });
  host.running.set(id, { input: hash, answer });
  const settle = (): void => void host.running.delete(id);
  once.then(settle, settle);
  return answer;
}

/** A lower epoch is of a placement that was given up; a higher one makes all lower ones void, also when what follows fails. */
async function epochObey(host: AgentHost, { vmId, epoch }: EnsureInput): Promise<void> {
  if (vmId === undefined || epoch === undefined) return;
  const current = host.journal.epoch(vmId);
  if (epoch < current) throw new BasaltError('staleEpoch', { given: epoch, current });
  await host.journal.epochRaise(vmId, epoch);
}

function deadlineOf(signal: AbortSignal): Promise<never> {
  return new Promise((_, reject) => {
    signal.addEventListener('abort', () => reject(signal.reason as Error), { once: true });
  });
}

/** Runs a query under its deadline. */
export async function asked<O>(
  host: AgentHost,
  operation: string,
  deadlineMs: number,
  act: (limit: CallLimit) => Promise<O>,
): Promise<O> {
  const signal = AbortSignal.timeout(Math.max(1, deadlineMs - MARGIN_MS));
  const run = async (): Promise<O> => {
    await host.intercept?.before(operation, signal);
    const answer = await act({ signal });
    await host.intercept?.after(operation, signal);
    return answer;
  };
  try {
    return await Promise.race([run(), deadlineOf(signal)]);
  } catch (error) {
    if (signal.aborted && !(error instanceof BasaltError)) throw timedOut(host.hostName, deadlineMs / 1000, error);
    throw operationError(host.hostName, error);
  }
}
