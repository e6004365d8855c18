import type { ProcedureTree } from '../procedure.ts';
import { accountGroups, accounts, apiKeys, roles } from './identity.ts';
import { images } from './image.ts';
import { myAccount } from './my-account.ts';
import { networks } from './network.ts';
import { resourceEvents, search, tasks } from './operations.ts';
import { computeClusters, flavors, hosts, overview, storageClusters } from './physical.ts';
import { platform, regions, session } from './platform.ts';
import { loginPolicies, mail, notificationGroups, operationLogs } from './settings.ts';
import { vms } from './vm.ts';
import { webhooks } from './webhook.ts';

/** What the gateway answers itself: what regions share. */
export const gatewayProcedures = {
  platform,
  session,
  region: regions,
  myAccount,
  account: accounts,
  accountGroup: accountGroups,
  role: roles,
  apiKey: apiKeys,
  loginPolicy: loginPolicies,
  mail,
  operationLog: operationLogs,
  notificationGroup: notificationGroups,
  webhook: webhooks,
} as const satisfies ProcedureTree;

/** What a region answers; the gateway forwards it. */
export const regionProcedures = {
  overview,
  computeCluster: computeClusters,
  storageCluster: storageClusters,
  flavor: flavors,
  host: hosts,
  image: images,
  network: networks,
  vm: vms,
  task: tasks,
  resourceEvent: resourceEvents,
  search,
} as const satisfies ProcedureTree;

/** Every public procedure. `vm.create` is called so in tRPC, in the operation log, in the registry and in the tests. */
export const procedures = { ...gatewayProcedures, ...regionProcedures } as const;

export type Procedures = typeof procedures;
