import { refused } from '../errors.ts';
import type { AgentHost, Storage } from '../host.types.ts';

/** @throws BasaltError agentRefused before the first host.ensureStorageAccess. */
export function storageOf(host: AgentHost): Storage {
  const storage = host.access.storage();
  if (!storage) throw refused(host.hostName, 'the host has no access to the storage yet');
  return storage;
}
