import type { StorageAccessSpec } from '@basalt/contract/agent/index';
import type { AgentHost, CallLimit } from '../host.types.ts';

/** The host's Ceph client files and the hypervisor's secret. */
export async function storageAccessEnsure(
  host: AgentHost,
  spec: StorageAccessSpec,
  limit: CallLimit,
): Promise<{ changed: boolean }> {
  const files = await host.access.ensure(spec, limit);
  const secret = await host.hypervisor.secretEnsure(spec.secretId, spec.user, spec.key, limit);
  return { changed: files || secret };
}
