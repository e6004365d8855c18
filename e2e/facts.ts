/** What is really there, asked of Ceph, OVN, libvirt and the hosts' files with their own tools, not of the product. */
import { existsSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { cephFiles, commandRun, commandTry, hostCommand, hostName, ovnEndpoints, poolNames } from '@basalt/lab';
import { inRun } from '../scripts/lib/paths.ts';
import { hostNumbers, instance } from './platform.ts';

const lines = (text: string): string[] =>
  text
    .split('\n')
    .map((line) => line.trim())
    .filter(Boolean)
    .toSorted();

/** `pool/image` of both pools, what lies in the pools' trash included; listed by the product's own Ceph user. */
export async function rbdImages(): Promise<string[]> {
  const { conf, basaltKeyring } = cephFiles(instance);
  const rbd = (...args: string[]) =>
    commandRun(['rbd', '-c', conf, '-n', 'client.basalt', '-k', basaltKeyring, ...args, '--format', 'json']);
  const found = await Promise.all(
    poolNames.map(async (pool) => {
      const images = JSON.parse(await rbd('ls', pool)) as string[];
      const trash = JSON.parse(await rbd('trash', 'ls', pool)) as { name: string }[];
      return [...images.map((name) => `${pool}/${name}`), ...trash.map(({ name }) => `${pool}/trash/${name}`)];
    }),
  );
  return found.flat().toSorted();
}

/** Names of the logical switch ports that stand for network cards; a switch's own uplink ports are left out. */
export async function ovnPorts(): Promise<string[]> {
  const { northboundSocket } = ovnEndpoints(instance);
  const found = await commandRun([
    'ovn-nbctl',
    `--db=${northboundSocket}`,
    '--timeout=10',
    '--bare',
    '--columns=name',
    'find',
    'Logical_Switch_Port',
    'type=""',
  ]);
  return lines(found);
}

const virsh = (host: number, ...args: string[]): Promise<string> =>
  commandRun(hostCommand(instance, host, ['virsh', '-q', '-c', 'qemu:///system', ...args]));

/** Host by name → the domains that libvirt there knows (`state` undefined: all). */
export async function domains(state?: 'running' | 'shutoff'): Promise<Record<string, string[]>> {
  const filter = state === undefined ? ['--all'] : [`--state-${state}`];
  const found = await Promise.all(
    hostNumbers.map(async (host) => [hostName(host), lines(await virsh(host, 'list', ...filter, '--name'))] as const),
  );
  return Object.fromEntries(found);
}

export const domainOf = (vmId: string): string => `vm-${vmId}`;

/** Names of the hosts on which the VM's domain is defined or runs. */
export async function domainHosts(vmId: string, state?: 'running' | 'shutoff'): Promise<string[]> {
  return Object.entries(await domains(state)).flatMap(([host, names]) =>
    names.includes(domainOf(vmId)) ? [host] : [],
  );
}

/** Asks the agent in the guest, on the host by name; the answer's `return`. */
export async function guestAgent(host: string, vmId: string, command: object): Promise<unknown> {
  const number = Number(host.replace('host', ''));
  const answer = await virsh(number, 'qemu-agent-command', domainOf(vmId), JSON.stringify(command));
  return answer.trim() === '' ? null : (JSON.parse(answer) as { return?: unknown }).return;
}

/** Tells the guest to power itself off, which is nothing that the product has asked for. */
export const guestPowerOff = (host: string, vmId: string): Promise<string> =>
  virsh(Number(host.replace('host', '')), 'shutdown', '--mode', 'agent', domainOf(vmId));

/** libvirt's own word for the state of the VM's domain on the host; empty when the domain is not there. */
export async function virshState(host: string, vmId: string): Promise<string> {
  const argv = hostCommand(instance, Number(host.replace('host', '')), [
    'virsh',
    '-q',
    '-c',
    'qemu:///system',
    'domstate',
    domainOf(vmId),
  ]);
  return (await commandTry(argv)).stdout.trim();
}

/** Files that the agents keep for domains (seeds, UEFI variables, serial logs), as `host/folder/file`. */
export function domainFiles(): string[] {
  return hostNumbers.flatMap((host) =>
    ['seeds', 'nvram', 'serial'].flatMap((folder) => {
      const path = join(inRun('agents', hostName(host)), folder);
      return existsSync(path) ? readdirSync(path).map((file) => `${hostName(host)}/${folder}/${file}`) : [];
    }),
  );
}

/** Everything a VM may leave behind, in one comparable list. */
export async function belongings(): Promise<string[]> {
  const [images, ports, byHost] = await Promise.all([rbdImages(), ovnPorts(), domains()]);
  return [
    ...images.map((name) => `rbd ${name}`),
    ...ports.map((name) => `port ${name}`),
    ...Object.entries(byHost).flatMap(([host, names]) => names.map((name) => `domain ${host}/${name}`)),
    ...domainFiles().map((name) => `file ${name}`),
  ].toSorted();
}

/** The running definition of a VM on the host by name. */
export const domainXml = (host: string, vmId: string): Promise<string> =>
  virsh(Number(host.replace('host', '')), 'dumpxml', domainOf(vmId));

/** Content of a small text file inside the guest, by its agent. */
export async function guestFile(host: string, vmId: string, path: string): Promise<string> {
  const ask = (execute: string, args: object): Promise<unknown> => guestAgent(host, vmId, { execute, arguments: args });
  const handle = await ask('guest-file-open', { path, mode: 'r' });
  const { 'buf-b64': content } = (await ask('guest-file-read', { handle })) as { 'buf-b64': string };
  await ask('guest-file-close', { handle });
  return Buffer.from(content, 'base64').toString();
}
