import { refused } from '../errors.ts';
import type { AgentHost, CallLimit } from '../host.types.ts';

/**
 * The host is no part of the region any more: no chassis of its network, no key of its storage. Foreign domains are nothing
 * of ours and go on.
 * @throws BasaltError agentRefused while VMs are defined here.
 */
export async function hostLeave(host: AgentHost, limit: CallLimit): Promise<{ changed: boolean }> {
  const ours = (await host.hypervisor.domainList(limit)).filter(({ mark }) => mark !== null);
  if (ours.length > 0) throw refused(host.hostName, `${ours.length} VMs are still defined here`);
  const chassis = await host.chassis.remove(limit);
  const secretId = host.access.secretId();
  const secret = secretId !== null && (await host.hypervisor.secretRemove(secretId, limit));
  const files = await host.access.remove();
  return { changed: chassis || secret || files };
}
