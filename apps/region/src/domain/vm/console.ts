/** Console tickets (VM-15): 256 random bits, kept as a hash, one use, at most 300 s, for one account and one VM. */
import { BasaltError, type ActorAssertion, type VmId } from '@basalt/contract';
import { hostById, type HostRow } from '../../store/host.ts';
import { ticketInsert, ticketUse } from '../../store/ticket.ts';
import { vmById, vmLock, type VmRow } from '../../store/vm.ts';
import type { Context, RegionServices } from '../context.ts';
import { mutate } from '../mutate.ts';
import { actionDemand, existing, refused } from '../refusal.ts';
import { permissionMissing, reaches, reachOf } from '../rights.ts';
import { secretHash, secretMake } from '@basalt/service';

export type ConsoleProtocol = 'vnc' | 'serial';

export interface ConsoleInput {
  readonly id: VmId;
  readonly protocol: ConsoleProtocol;
  readonly requestToken?: string | undefined;
}

export function vmConsole(
  ctx: Context,
  input: ConsoleInput,
): Promise<{ ticket: string; expiresAt: string; protocol: ConsoleProtocol }> {
  return mutate(ctx, { operation: 'vm.console', input, secretAnswer: true }, async (work) => {
    const vm = existing(await vmLock(work.tx, input.id), 'vm');
    actionDemand('vm', vm.state, 'console');
    if (!vm.hostId) throw refused('虚拟机不在任何节点上', 'The VM is on no host');
    const ticket = secretMake();
    const expiresAt = new Date(Date.now() + ctx.services.consoleTicketSeconds * 1000);
    await ticketInsert(work.tx, {
      hash: secretHash(ticket),
      vmId: vm.id,
      accountId: ctx.actor.sub,
      actor: ctx.actor,
      protocol: input.protocol,
      expiresAt,
    });
    work.log({ resource: { kind: 'vm', id: vm.id, name: vm.name }, details: { protocol: input.protocol } });
    return { ticket, expiresAt: expiresAt.toISOString(), protocol: input.protocol };
  });
}

export interface ConsoleTarget {
  readonly vm: VmRow;
  readonly host: HostRow;
  readonly protocol: ConsoleProtocol;
}

/**
 * Uses a ticket up and says where it leads.
 * @param actor as vouched for with this connection, not with the ticket
 * @throws BasaltError consoleTicketInvalid, permissionMissing, actionRefused.
 */
export async function consoleRedeem(
  services: RegionServices,
  actor: ActorAssertion,
  ticket: string,
): Promise<ConsoleTarget> {
  const reach = reachOf(actor, 'vm:console');
  if (reach === 'none') throw permissionMissing('vm:console');
  const row = await ticketUse(services.db, secretHash(ticket));
  if (!row || row.accountId !== actor.sub) throw new BasaltError('consoleTicketInvalid');
  const { vm, host } = await consoleWhere(services, row.vmId);
  // rights may have changed since the ticket was made
  if (!reaches(reach, { ...vm, vmId: vm.id })) throw permissionMissing('vm:console');
  return { vm, host, protocol: row.protocol };
}

/** Where the VM's console is now. @throws BasaltError when it has none any more. */
export async function consoleWhere(services: RegionServices, id: VmId): Promise<{ vm: VmRow; host: HostRow }> {
  const vm = existing(await vmById(services.db, id), 'vm');
  actionDemand('vm', vm.state, 'console');
  const host = vm.hostId ? await hostById(services.db, vm.hostId) : null;
  if (!host) throw refused('虚拟机不在任何节点上', 'The VM is on no host');
  return { vm, host };
}

export async function vmScreenshot(ctx: Context, id: VmId): Promise<{ png: string | null; at: string }> {
  const vm = existing(await vmById(ctx.services.db, id), 'vm');
  if (!vm.hostId || (vm.state !== 'running' && vm.state !== 'paused'))
    return { png: null, at: new Date().toISOString() };
  const { png, at } = await ctx.services.agents.screenshot(vm.hostId, vm.id);
  return { png: png && `data:image/png;base64,${png}`, at };
}
