'use client';
/** Asks the platform for an action of one VM or of many; what goes wrong comes back per VM. */
import { vmBulkAction } from './bulk-actions.ts';
import type { ErrorShape } from '@basalt/contract';
import type { useTRPCClient } from '@/api/client.ts';
import type { VmActionKey } from '@/actions/registry.ts';
import { requestTokenMake } from '../request-token.ts';
import type { VmTarget } from '../vm-facts.tsx';

export interface ShutdownOptions {
  /** Seconds. */
  timeout: number;
  thenPowerOff: boolean;
}
export interface Outcome {
  vm: VmTarget;
  taskId: string | null;
  error: ErrorShape | null;
}
type Client = ReturnType<typeof useTRPCClient>;

/** The task of one VM's action. @throws TRPCClientError */
export async function runOne(
  client: Client,
  region: string,
  action: VmActionKey,
  vm: VmTarget,
  shutdown: ShutdownOptions | undefined,
): Promise<string> {
  if (action === 'console' || action === 'rename') throw new Error(`${action} is a page, not a task`);
  const input = { region, id: vm.id, requestToken: requestTokenMake() };
  if (action === 'shutdown') return (await client.vm.shutdown.mutate({ ...input, ...shutdown })).taskId;
  return (await client.vm[action].mutate(input)).taskId;
}

/** One request for many; the answer tells for each. @throws TRPCClientError when the request as a whole failed. */
export async function runMany(
  client: Client,
  region: string,
  action: VmActionKey,
  vms: readonly VmTarget[],
): Promise<Outcome[]> {
  const bulk = vmBulkAction.parse(action);
  const ids = vms.map((vm) => vm.id);
  const { items } = await client.vm.bulk.mutate({ region, action: bulk, ids, requestToken: requestTokenMake() });
  return items.flatMap(({ id, taskId, error }) => {
    const vm = vms.find((item) => item.id === id);
    return vm ? [{ vm, taskId, error }] : [];
  });
}
