/** What tasks and reconcilers work with. Made once per process; tests put fakes in its places. */
import type { z } from 'zod';
import type { storageAccessSpec } from '@basalt/contract/agent/schemas';
import type { Logger } from '@basalt/service';
import type { AgentDriver } from '../drivers/agent/agent-driver.ts';
import type { NetworkDriver } from '../drivers/network/network-driver.ts';
import type { StorageDriver } from '../drivers/storage/storage-driver.ts';
import type { Database } from '../store/database.ts';

export interface RegionSettings {
  /** What hosts need to reach Ceph, key included: handed to agents, never stored in a task. */
  storageAccess(): Promise<z.infer<typeof storageAccessSpec>>;
  /** OVN southbound, as chassis need it; null where hosts are simulated. */
  readonly ovnRemote: string;
  /** Opens what was sealed with the region's key. */
  unseal(sealed: string): string;
  /** Directory below which `image_uploads.file` lies. */
  readonly stateDirectory: string;
}

export interface Services {
  readonly db: Database;
  readonly agents: AgentDriver;
  readonly network: NetworkDriver;
  readonly storage: StorageDriver;
  readonly settings: RegionSettings;
  readonly log: Logger;
}
