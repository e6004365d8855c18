import { execFile } from 'node:child_process';
import { existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';
import {
  checkMachine,
  ensureDebianPackages,
  instanceOpen,
  kvmProbe,
  labUp,
  supervisorAdd,
  supervisorEnsure,
  supervisorRestart,
  type Instance,
} from '@basalt/lab';
import { assertionKeyLoadOrCreate, databaseEnsure, postgresInit, postgresReady } from '@basalt/service';
import { gatewayCli, platformApiOpen } from '../lib/api.ts';
import { consoleBuild } from '../lib/build.ts';
import { databasesGiven, databasesSettle, databaseTitle } from '../lib/databases.ts';
import { home, inRun } from '../lib/paths.ts';
import {
  consoleSpec,
  gatewayDirectory,
  gatewaySpec,
  gatewayUrl,
  postgresCluster,
  postgresSpec,
  regionEnvironment,
  regionsFile,
  regionSpec,
  regionStandbySpec,
  serviceCommand,
} from '../lib/processes.ts';
import { step } from '../lib/progress.ts';
import { firstImage, firstNetwork, hostsJoin, hostsReady } from '../lib/provision.ts';
import { settingsParse, settingsRead, settingsWrite, type Settings } from '../lib/settings.ts';
import { simulatedFleet } from '../lib/simulated-fleet.ts';
import { simulatedHostsStart, simulatorStart } from '../lib/simulated-hosts.ts';

const exec = promisify(execFile);
export const firstAccount = 'admin@basalt.local';
const passwordFile = (): string => join(gatewayDirectory(), 'first-password');

async function machine(settings: Settings): Promise<void> {
  if (settings.sim) return;
  await step('checking the machine', async () => {
    const problems = await checkMachine(home);
    const fatal = problems.filter((problem) => problem.fatal);
    if (fatal.length > 0)
      throw new Error(
        `This machine cannot run the lab:\n${fatal.map((p) => `    - ${p.text}`).join('\n')}\n    Without root, simulated hosts still work: npm start -- --sim`,
      );
    for (const problem of problems) console.log(`    ! ${problem.text}`);
  });
  await step('Debian packages', (say) => ensureDebianPackages(say));
}

async function database(instance: Instance): Promise<void> {
  const { gateway, region } = await databasesSettle(
    databasesGiven(),
    existsSync(postgresCluster(instance).dataDirectory),
  );
  if (gateway !== null && region !== null) {
    console.log(`  ✓ PostgreSQL of your own: ${databaseTitle(gateway)}, ${databaseTitle(region)}`);
    return;
  }
  await step('PostgreSQL', async () => {
    const cluster = postgresCluster(instance);
    await postgresInit(cluster);
    await supervisorAdd(instance, [postgresSpec(instance)]);
    await postgresReady(cluster);
    if (gateway === null) await databaseEnsure(cluster, 'gateway');
    if (region === null) await databaseEnsure(cluster, 'region');
  });
}

async function controlPlane(instance: Instance, settings: Settings): Promise<void> {
  await step('region', async () => {
    mkdirSync(gatewayDirectory(), { recursive: true, mode: 0o700 });
    await assertionKeyLoadOrCreate(gatewayDirectory());
    const certificates = join(gatewayDirectory(), 'region-1');
    if (!existsSync(join(certificates, 'gateway.crt'))) {
      const [file = '', ...args] = serviceCommand('region', 'cli.ts', 'gateway-certificate', '--out', certificates);
      await exec(file, args, { env: { ...process.env, ...regionEnvironment(instance, settings) }, timeout: 60_000 });
    }
    writeFileSync(join(gatewayDirectory(), 'regions.json'), regionsFile(instance, settings));
    await supervisorAdd(instance, [regionSpec(instance, settings)]);
    if (settings.standby) await supervisorAdd(instance, [regionStandbySpec(instance, settings)]);
  });
  await step('gateway and console', () => supervisorAdd(instance, [gatewaySpec(instance), consoleSpec(instance)]));
}

/** The first account, made once; its password stays in a file of root's until it has been printed. */
async function account(instance: Instance): Promise<void> {
  const printed = await gatewayCli(instance, 'account-bootstrap', '--email', firstAccount);
  const password = /^password: (.+)$/mu.exec(printed)?.[1];
  if (password) writeFileSync(passwordFile(), password, { mode: 0o600 });
}

/**
 * Brings the whole platform up on this machine and prints where it is. Harmless when it runs already.
 */
export async function run(args: readonly string[]): Promise<number> {
  const began = Date.now();
  const settings = settingsParse(args, settingsRead());
  await machine(settings);
  const instance = await instanceOpen(home);
  if (!settings.sim && settings.virtualisation === 'auto') {
    settings.virtualisation = await step('trying KVM with a probe guest', async (say) => {
      const { usable, reason } = await kvmProbe(instance);
      say(reason);
      return usable ? 'kvm' : 'tcg';
    });
  }
  settingsWrite(settings);
  const rebuilt = await step('building the console', () => consoleBuild());
  await supervisorEnsure(instance);
  if (!settings.sim) {
    await step(`lab: ${settings.hosts} hosts, Ceph, OVN`, (say) =>
      labUp(instance, { hosts: settings.hosts, chassis: false, onProgress: (progress) => say(progress.step) }),
    );
  }
  await database(instance);
  if (settings.sim) await step('simulator', () => simulatorStart(instance, settings));
  await controlPlane(instance, settings);
  // One that ran already still serves the files of the build before.
  if (rebuilt) await supervisorRestart(instance, { name: 'console' });
  await account(instance);
  const api = await platformApiOpen(instance, firstAccount, 'set-up on this machine');
  await step('hosts', async (say) => {
    await (settings.sim ? simulatedHostsStart(instance, settings, api, say) : hostsJoin(instance, settings, api, say));
    const silent = await hostsReady(settings, api, say);
    if (silent.length > 0)
      console.log(`\n    ! not connected: ${silent.slice(0, 5).join(', ')}; npm run status says more`);
  });
  await step('first network', () => firstNetwork(api));
  await step('first image', (say) => firstImage(instance, settings, api, say));
  if (settings.vms > 0)
    await step(`fleet of ${settings.vms} VMs`, (say) => simulatedFleet(instance, settings, firstAccount, api, say));

  const password = existsSync(passwordFile()) ? readFileSync(passwordFile(), 'utf8') : null;
  console.log(`\n  Basalt is ready (${((Date.now() - began) / 1000).toFixed(0)} s).\n`);
  console.log(`    address   ${gatewayUrl(instance)}`);
  console.log(`    account   ${firstAccount}`);
  console.log(
    password
      ? `    password  ${password}   (printed once; to be changed at the first sign-in)`
      : '    password  as you set it',
  );
  console.log(
    `\n    npm run status   what runs and how it is\n    npm stop         stops all of it; state stays in ${inRun()}\n`,
  );
  rmSync(passwordFile(), { force: true });
  return 0;
}
