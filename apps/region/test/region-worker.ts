/**
 * A region process for tests that kill it: `region-worker.ts <database> <world> <executor> <take|wait> [hang]`. With `hang`
 * each VM's creation stops for ever at the step its name asks for (`…-at-<step>`), after the step's work and before its
 * result is written down, and says `at <name>`.
 */
import { setTimeout as sleep } from 'node:timers/promises';
import { logger } from '@basalt/service';
import { simStorageDriver } from '../src/drivers/storage/sim-storage-driver.ts';
import { controlStart } from '../src/reconcilers/control.ts';
import { databaseOpen } from '../src/store/database.ts';
import { vmById } from '../src/store/vm.ts';
import { vmCreate } from '../src/tasks/vm-create.ts';
import { taskRegistry } from '../src/workflow/task-registry.ts';
import { worldDrivers } from './world-door.ts';

const [, , databaseUrl = '', world = '', executor = '', mode = '', hang = ''] = process.argv;
const db = databaseOpen({ url: databaseUrl });

const definition =
  hang === ''
    ? vmCreate
    : {
        ...vmCreate,
        steps: vmCreate.steps.map((step) => ({
          ...step,
          async run(ctx: Parameters<typeof step.run>[0]) {
            const output = await step.run(ctx);
            const vm = await vmById(db, ctx.input.vmId);
            if (vm?.name.endsWith(`-at-${step.key}`)) {
              process.stdout.write(`at ${vm.name}\n`);
              await sleep(600_000);
            }
            return output;
          },
        })),
      };

await controlStart({
  databaseUrl,
  executor,
  metrics: null,
  reconcilers: [],
  registry: taskRegistry([definition]),
  concurrency: mode === 'wait' ? 0 : 64,
  services: {
    db,
    ...worldDrivers(world),
    storage: simStorageDriver(),
    settings: {
      storageAccess: () =>
        Promise.resolve({
          fsid: '00000000-0000-4000-8000-000000000001',
          monHosts: ['10.0.0.1'],
          user: 'basalt',
          key: 'secret',
          secretId: '00000000-0000-4000-8000-000000000002',
        }),
      ovnRemote: 'tcp:127.0.0.1:6642',
      unseal: (sealed) => sealed,
      stateDirectory: '/nonexistent',
    },
    log: logger(`region ${executor}`, 'error'),
  },
});
process.stdout.write('ready\n');
