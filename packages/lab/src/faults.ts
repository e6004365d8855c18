/**
 * Faults, as tests and operators inject them. What is broken is written down, so that `status` can tell and `heal`
 * can undo it; heal also repairs what was broken by hand.
 */
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { commandRun, commandTry } from './exec.ts';
import type { CutDirection, Degradation, Fault } from './fault-arguments.ts';
import { hostCommand, hostName, hostProcesses, hostRunReset } from './host.ts';
import { type Instance, type NetworkName, hostInterface, instanceCable, networkNames } from './instance.ts';
import { labHosts } from './lab-settings.ts';
import { ovsTransientPortsRemove } from './ovn.ts';
import { processArgv, processSignal, processesEnd } from './process-table.ts';
import { supervisorHalt, supervisorKill, supervisorStart, supervisorStatus } from './supervisor-client.ts';

export type { CutDirection, Degradation, Fault } from './fault-arguments.ts';

/** What this kernel or lab cannot do. */
export class FaultUnsupportedError extends Error {
  override readonly name = 'FaultUnsupportedError';
}

const recordFile = (instance: Instance) => join(instance.labDir, 'faults.json');

/** The faults in force, as short texts such as `cut host2 storage to`. */
export function faultList(instance: Instance): string[] {
  const file = recordFile(instance);
  if (!existsSync(file)) return [];
  const content: unknown = JSON.parse(readFileSync(file, 'utf8'));
  return Array.isArray(content) ? content.map(String) : [];
}

function recordChange(instance: Instance, change: (faults: string[]) => string[]): void {
  mkdirSync(instance.labDir, { recursive: true });
  writeFileSync(recordFile(instance), JSON.stringify([...new Set(change(faultList(instance)))]));
}
const recordAdd = (instance: Instance, text: string) => recordChange(instance, (all) => [...all, text]);
const recordRemove = (instance: Instance, test: (text: string) => boolean) =>
  recordChange(instance, (all) => all.filter((one) => !test(one)));

function hostCheck(instance: Instance, host: number): void {
  if (host < 1 || host > (labHosts(instance) ?? 0)) throw new Error(`there is no ${hostName(host)}`);
}

async function cableSet(instance: Instance, host: number, network: NetworkName, state: 'up' | 'down'): Promise<void> {
  await commandRun(['ip', 'link', 'set', instanceCable(instance, host, network), state]);
}

/**
 * Pulls a host's plug. The cables go first: the kernel would otherwise say goodbye for the killed processes (FIN,
 * RST), which a host without power does not.
 */
export async function faultHostPull(instance: Instance, host: number): Promise<void> {
  hostCheck(instance, host);
  await Promise.all(networkNames.map((network) => cableSet(instance, host, network, 'down')));
  await supervisorHalt(instance, { group: hostName(host) });
  await processesEnd(hostProcesses(instance, host), 0);
  recordAdd(instance, `pull ${hostName(host)}`);
}

/** Powers a pulled host on again: an empty /run, no leftover ports of guests, then all its processes in order. */
export async function faultHostReturn(instance: Instance, host: number): Promise<void> {
  hostCheck(instance, host);
  const running = (await supervisorStatus(instance)).some(
    (one) => one.group === hostName(host) && one.pid !== undefined,
  );
  if (!running) {
    await hostRunReset(instance, host);
    await ovsTransientPortsRemove(instance, host);
  }
  await Promise.all(networkNames.map((network) => cableSet(instance, host, network, 'up')));
  await supervisorStart(instance, { group: hostName(host) });
  recordRemove(instance, (text) => text === `pull ${hostName(host)}`);
}

/** Both ends of a cable, as argv prefix and device. `to` is where frames towards the host leave. */
function cableEnds(
  instance: Instance,
  host: number,
  network: NetworkName,
): Record<'to' | 'from', (args: string[]) => string[]> {
  return {
    to: (args) => ['tc', 'qdisc', args[0] ?? '', 'dev', instanceCable(instance, host, network), ...args.slice(1)],
    from: (args) =>
      hostCommand(instance, host, ['tc', 'qdisc', args[0] ?? '', 'dev', hostInterface[network], ...args.slice(1)]),
  };
}

/**
 * Cuts a cable. Both ways is a pulled cable (no carrier); one way is silent: the sender's queue swallows everything
 * (`blackhole`, which every kernel with traffic control has), and nobody is told.
 */
export async function faultLinkCut(
  instance: Instance,
  host: number,
  network: NetworkName,
  direction: CutDirection = 'both',
): Promise<void> {
  hostCheck(instance, host);
  if (direction === 'both') await cableSet(instance, host, network, 'down');
  else await commandRun(cableEnds(instance, host, network)[direction](['replace', 'root', 'blackhole']));
  recordAdd(instance, `cut ${hostName(host)} ${network} ${direction}`);
}

/** Undoes cuts and degradations of a cable. */
export async function faultLinkHeal(instance: Instance, host: number, network: NetworkName): Promise<void> {
  hostCheck(instance, host);
  await cableSet(instance, host, network, 'up');
  // Fails when there is no queue of ours to delete: nothing to undo.
  for (const end of Object.values(cableEnds(instance, host, network))) await commandTry(end(['del', 'root']));
  const mine = new RegExp(`^(cut|degrade) ${hostName(host)} ${network}`);
  recordRemove(instance, (text) => mine.test(text));
}

/**
 * Makes a cable slow or lossy, both ways.
 * @throws FaultUnsupportedError when the kernel lacks netem and more than a rate is asked for.
 */
export async function faultLinkDegrade(
  instance: Instance,
  host: number,
  network: NetworkName,
  degradation: Degradation,
): Promise<void> {
  hostCheck(instance, host);
  const { delayMs, lossPercent, rateKbit } = degradation;
  const netem = [
    'netem',
    ...(delayMs === undefined ? [] : ['delay', `${delayMs}ms`]),
    ...(lossPercent === undefined ? [] : ['loss', `${lossPercent}%`]),
    ...(rateKbit === undefined ? [] : ['rate', `${rateKbit}kbit`]),
  ];
  const rateOnly = delayMs === undefined && lossPercent === undefined;
  const tbf = ['tbf', 'rate', `${rateKbit}kbit`, 'burst', '32k', 'latency', '400ms'];
  for (const end of Object.values(cableEnds(instance, host, network))) {
    const result = await commandTry(end(['replace', 'root', ...(rateOnly ? tbf : netem)]));
    if (result.code === 0) continue;
    await faultLinkHeal(instance, host, network);
    if (/kind is unknown|No such file/.test(result.stderr))
      throw new FaultUnsupportedError(
        `this kernel has no ${rateOnly ? 'tbf' : 'netem'} queue, so the lab cannot ${rateOnly ? 'limit the rate' : 'delay or lose frames'} here; ` +
          `cut works${rateOnly ? '' : ', and so may --rate alone'}`,
      );
    throw new Error(`tc: ${result.stderr.trim()}`);
  }
  recordAdd(instance, `degrade ${hostName(host)} ${network}`);
}

/** Signals `host2.libvirtd` (a supervised process) or `host2/qemu-system` (all on the host whose argv contains the text). */
async function processFault(
  instance: Instance,
  name: string,
  signal: 'SIGSTOP' | 'SIGCONT' | 'SIGKILL',
): Promise<void> {
  const match = /^host(\d)\/(.+)$/.exec(name);
  if (match === null) {
    await supervisorKill(instance, name, signal);
    return;
  }
  const text = match[2] ?? '';
  const found = hostProcesses(instance, Number(match[1])).filter(({ pid }) =>
    processArgv(pid).join(' ').includes(text),
  );
  if (found.length === 0) throw new Error(`no process on ${hostName(Number(match[1]))} has ${text} in its arguments`);
  for (const one of found) processSignal(one, signal);
}

export async function faultProcessFreeze(instance: Instance, name: string): Promise<void> {
  await processFault(instance, name, 'SIGSTOP');
  recordAdd(instance, `freeze ${name}`);
}

export async function faultProcessThaw(instance: Instance, name: string): Promise<void> {
  await processFault(instance, name, 'SIGCONT');
  recordRemove(instance, (text) => text === `freeze ${name}`);
}

/** kill -9; the supervisor starts it again by its restart policy, as init would. */
export const faultProcessKill = (instance: Instance, name: string) => processFault(instance, name, 'SIGKILL');

/** kill -9 and keep it down until `heal`. */
async function faultProcessHalt(instance: Instance, name: string): Promise<void> {
  await supervisorHalt(instance, { name });
  recordAdd(instance, `halt ${name}`);
}

/** Kills an OSD and keeps it down. @throws Error when there is none with this number. */
export async function faultOsdKill(instance: Instance, osd: number): Promise<void> {
  const name = (await supervisorStatus(instance)).find((one) => one.name.endsWith(`.osd.${osd}`))?.name;
  if (name === undefined) throw new Error(`there is no osd.${osd}`);
  await faultProcessHalt(instance, name);
}

/** Kills a host's monitor and keeps it down. */
export const faultMonKill = (instance: Instance, host: number) => faultProcessHalt(instance, `${hostName(host)}.mon`);

/**
 * Undoes all faults: cables, frozen processes, processes of the lab that are down. Processes outside the hosts and the
 * lab (the region's, say) that somebody stopped on purpose stay as they are. @returns what was undone
 * @throws Error when a process does not come back.
 */
export async function faultHeal(instance: Instance): Promise<string[]> {
  const undone = faultList(instance);
  const hosts = Array.from({ length: labHosts(instance) ?? 0 }, (_, index) => index + 1);
  for (const host of hosts) {
    for (const network of networkNames) await faultLinkHeal(instance, host, network);
    for (const one of hostProcesses(instance, host)) processSignal(one, 'SIGCONT');
  }
  const processes = await supervisorStatus(instance);
  for (const { name, pid } of processes)
    if (pid !== undefined) await supervisorKill(instance, name, 'SIGCONT').catch(() => undefined);
  for (const host of hosts) if (undone.includes(`pull ${hostName(host)}`)) await faultHostReturn(instance, host);
  const halted = undone.flatMap((text) => /^halt (.+)$/.exec(text)?.[1] ?? []);
  for (const name of halted) await supervisorStart(instance, { name });
  const labGroups = new Set(
    processes.map((one) => one.group).filter((group) => /^(host\d|ovn|ceph|metrics)$/.test(group)),
  );
  for (const group of labGroups) await supervisorStart(instance, { group });
  recordChange(instance, () => []);
  return undone;
}

/** Carries out a fault of the command line. */
export function faultApply(instance: Instance, fault: Fault): Promise<void> {
  switch (fault.kind) {
    case 'pull':
      return faultHostPull(instance, fault.host);
    case 'return':
      return faultHostReturn(instance, fault.host);
    case 'cut':
      return faultLinkCut(instance, fault.host, fault.network, fault.direction);
    case 'degrade':
      return faultLinkDegrade(instance, fault.host, fault.network, fault.degradation);
    case 'freeze':
      return faultProcessFreeze(instance, fault.process);
    case 'thaw':
      return faultProcessThaw(instance, fault.process);
    case 'kill':
      return faultProcessKill(instance, fault.process);
    case 'kill-osd':
      return faultOsdKill(instance, fault.osd);
    case 'kill-mon':
      return faultMonKill(instance, fault.host);
  }
}
