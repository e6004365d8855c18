/** Carries out the lab's commands and prints what they say. */
import { spawn } from 'node:child_process';
import { resolve } from 'node:path';
import type { CommandLine } from './cli-arguments.ts';
import { plainEnvironment } from './exec.ts';
import { faultApply, faultHeal } from './faults.ts';
import { guestImageEnsure } from './guests/guest.ts';
import { type Instance, instanceOpen } from './instance.ts';
import { labDown, labHostCommand, labReset, labUp, type Progress } from './lab.ts';
import { checkMachine, ensureDebianPackages } from './packages.ts';
import { labStatus } from './status.ts';

/** The checkout this file belongs to. */
export const checkoutDir = resolve(import.meta.dirname, '../../..');

const progressPrint = ({ step, state, ms }: Progress) => {
  if (state === 'done') console.log(`  ${step} (${((ms ?? 0) / 1000).toFixed(1)} s)`);
  else console.log(`… ${step}`);
};

async function up(instance: Instance, hosts: number | undefined): Promise<number> {
  const problems = await checkMachine(instance.checkout);
  for (const problem of problems) console.error(problem.text);
  if (problems.some((one) => one.fatal)) return 1;
  await ensureDebianPackages((line) => console.log(line));
  const from = Date.now();
  const status = await labUp(instance, { ...(hosts === undefined ? {} : { hosts }), onProgress: progressPrint });
  console.log(
    `The lab is up after ${((Date.now() - from) / 1000).toFixed(1)} s: Ceph ${status.health} ${status.checks.join(' ')}`,
  );
  return 0;
}

async function statusPrint(instance: Instance, json: boolean): Promise<number> {
  const status = await labStatus(instance);
  if (json) console.log(JSON.stringify(status, undefined, 2));
  else {
    console.log(
      `instance ${status.id}  addresses 10.${status.s}.*  ports from ${status.portBase}  hosts ${status.hosts}`,
    );
    console.log(
      `state ${status.state}  memory ${(status.memoryBytes / 2 ** 20).toFixed(0)} MiB  guests ${status.guests}`,
    );
    if (status.ceph !== undefined)
      console.log(
        `Ceph ${status.ceph.health}  OSDs ${status.ceph.osdsUp}/${status.ceph.osds}  ${status.ceph.checks.join(' ')}`,
      );
    for (const fault of status.faults) console.log(`fault ${fault}`);
    for (const one of status.processes)
      console.log(
        `${one.name.padEnd(24)} ${one.state.padEnd(9)} ${String(one.pid ?? '-').padEnd(8)} restarts ${one.restarts} ${one.lastExit ?? ''}`,
      );
  }
  return status.state === 'up' ? 0 : 3;
}

function execOnHost(instance: Instance, host: number, argv: string[]): Promise<number> {
  const [file, ...args] = labHostCommand(instance, host, argv);
  const child = spawn(file ?? '', args, {
    stdio: 'inherit',
    env: plainEnvironment({ TERM: process.env['TERM'] ?? 'dumb' }),
  });
  return new Promise((done, reject) => {
    child.once('error', reject);
    child.once('exit', (code) => done(code ?? 1));
  });
}

/** @returns the exit code */
export async function commandLineRun(line: CommandLine): Promise<number> {
  const instance = await instanceOpen(checkoutDir);
  switch (line.command) {
    case 'up':
      return up(instance, line.hosts);
    case 'down':
      await labDown(instance, progressPrint);
      return 0;
    case 'reset':
      await labReset(instance);
      return 0;
    case 'status':
      return statusPrint(instance, line.json);
    case 'exec':
      return execOnHost(instance, line.host, line.argv);
    case 'fault':
      await faultApply(instance, line.fault);
      return 0;
    case 'heal':
      for (const what of await faultHeal(instance)) console.log(what);
      return 0;
    case 'guest':
      console.log(await guestImageEnsure(instance, line.guest));
      return 0;
  }
}
