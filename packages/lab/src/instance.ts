/**
 * The instance of a checkout: everything on this machine that must have a name, an address or a port is derived from
 * the checkout's path, so that two checkouts run side by side. What was chosen is kept in .run/instance.json, because
 * Ceph's monitors remember their addresses.
 */
import { createHash } from 'node:crypto';
import { chmodSync, existsSync, mkdirSync, readFileSync, realpathSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { networkInterfaces } from 'node:os';
import { join } from 'node:path';
import { z } from 'zod';

/** Services with a port in the instance's range; the position is the offset, so append only. */
const portNames = [
  'gateway',
  'console',
  'postgres',
  'metrics',
  'regionMetrics',
  'gatewayMetrics',
  'regionStandby',
  'regionStandbyMetrics',
  'agentSim',
  'agentSimMetrics',
  'consoleDev',
  'gatewayInternal',
  'region',
  'agentSimControl',
] as const;
export type PortName = (typeof portNames)[number];

export const networkNames = ['management', 'storage', 'provider'] as const;
export type NetworkName = (typeof networkNames)[number];
const networkLetter: Record<NetworkName, string> = { management: 'm', storage: 's', provider: 'p' };
/** Third octet of each network's addresses; the provider's is the tunnel (encap) network. */
const networkOctet: Record<NetworkName, number> = { management: 0, storage: 1, provider: 2 };
/** Name of the interface inside a host. */
export const hostInterface: Record<NetworkName, string> = { management: 'mgmt0', storage: 'stor0', provider: 'prov0' };

export interface InstanceChoice {
  id: string;
  s: number;
  portBase: number;
}

export interface Instance extends InstanceChoice {
  /** Absolute path of the checkout. */
  checkout: string;
  /** `<checkout>/.run` */
  runDir: string;
  logDir: string;
  cacheDir: string;
  labDir: string;
  /** tmpfs of the instance: sockets (their paths may be 107 bytes long at most) and pinned namespaces. */
  runtimeDir: string;
  supervisorSocket: string;
  /** Marker in the environment of every supervised process, `NAME=value`. */
  marker: { name: string; value: string };
}

const choiceSchema = z.object({
  id: z.string().regex(/^[0-9a-f]{4}$/),
  s: z.number().int().min(64).max(191),
  portBase: z.number().int(),
});

/** The n-th candidate for a checkout path; 0 is the preferred one. Pure. */
export function instanceCandidate(checkout: string, n: number): InstanceChoice {
  const digest = createHash('sha256')
    .update(n === 0 ? checkout : `${checkout}#${n}`)
    .digest();
  const hash = digest.readUInt32BE(2);
  return { id: digest.subarray(0, 2).toString('hex'), s: 64 + (hash % 128), portBase: 20_000 + (hash % 200) * 50 };
}

/** Builds the instance's paths from a choice. Pure. */
export function instanceFrom(checkout: string, choice: InstanceChoice): Instance {
  const runDir = join(checkout, '.run');
  const socket = join(runDir, 'supervisor.sock');
  return {
    ...choice,
    checkout,
    runDir,
    logDir: join(runDir, 'logs'),
    cacheDir: join(runDir, 'cache'),
    labDir: join(runDir, 'lab'),
    runtimeDir: `/run/basalt-${choice.id}`,
    supervisorSocket: Buffer.byteLength(socket) <= 100 ? socket : `/tmp/basalt-${choice.id}.sock`,
    marker: { name: 'BASALT_INSTANCE', value: choice.id },
  };
}

/** Claims of all checkouts on this machine: a file per id, S and port block, holding the checkout's path. */
const claimsDir = '/var/tmp/basalt-instances';

function claimFiles(choice: InstanceChoice): string[] {
  return [`id-${choice.id}`, `s-${choice.s}`, `ports-${choice.portBase}`].map((name) => join(claimsDir, name));
}

/**
 * Takes a claim: `new` or `ours` (held since an earlier run), or `taken` by another checkout. A claim of a checkout
 * that is gone is taken over.
 */
function claimTake(file: string, checkout: string): 'new' | 'ours' | 'taken' {
  try {
    writeFileSync(file, checkout, { flag: 'wx', mode: 0o644 });
    return 'new';
  } catch (error) {
    if (!existsSync(file)) throw error;
  }
  const owner = readFileSync(file, 'utf8').trim();
  if (owner === checkout) return 'ours';
  if (existsSync(join(owner, '.run', 'instance.json'))) return 'taken';
  try {
    writeFileSync(file, checkout);
    return 'new';
  } catch {
    return 'taken';
  }
}

function claimsTake(choice: InstanceChoice, checkout: string): 'new' | 'ours' | 'taken' {
  mkdirSync(claimsDir, { recursive: true });
  try {
    // Whoever runs first makes it for all accounts, as /tmp is made.
    chmodSync(claimsDir, 0o1777);
  } catch {
    // Another account's, and made so already.
  }
  const taken = claimFiles(choice).map((file) => claimTake(file, checkout));
  if (taken.includes('taken')) return 'taken';
  return taken.every((one) => one === 'ours') ? 'ours' : 'new';
}

function claimsRelease(choice: InstanceChoice, checkout: string): void {
  for (const file of claimFiles(choice)) {
    try {
      if (readFileSync(file, 'utf8').trim() === checkout) rmSync(file);
    } catch {
      // Not claimed, or another account's: nothing of ours.
    }
  }
}

function portFree(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const server = createServer();
    server.once('error', () => resolve(false));
    server.listen({ port, host: '127.0.0.1', exclusive: true }, () => server.close(() => resolve(true)));
  });
}

/** Whether nobody uses the addresses and ports of a choice at this moment. */
export async function instanceChoiceFree(choice: InstanceChoice): Promise<boolean> {
  const prefix = `10.${choice.s}.`;
  for (const addresses of Object.values(networkInterfaces()))
    for (const address of addresses ?? []) if (address.address.startsWith(prefix)) return false;
  for (let offset = 0; offset < portNames.length; offset += 1)
    if (!(await portFree(choice.portBase + offset))) return false;
  return true;
}

/** The instance chosen earlier, or undefined before the first `up`. */
export function instanceRead(checkout: string): Instance | undefined {
  const real = realpathSync(checkout);
  const file = join(real, '.run', 'instance.json');
  if (!existsSync(file)) return undefined;
  return instanceFrom(real, choiceSchema.parse(JSON.parse(readFileSync(file, 'utf8'))));
}

/**
 * The instance of a checkout; chooses and persists it the first time.
 * @throws Error when no free candidate is found, or when .run was copied from another checkout.
 */
export async function instanceOpen(checkout: string): Promise<Instance> {
  const known = instanceRead(checkout);
  if (known !== undefined) {
    if (claimsTake(known, known.checkout) === 'taken')
      throw new Error(`${known.runDir} was copied from another checkout that still uses its addresses; remove it here`);
    return known;
  }
  const real = realpathSync(checkout);
  for (let n = 0; n < 1000; n += 1) {
    const choice = instanceCandidate(real, n);
    const claimed = claimsTake(choice, real);
    // Claimed by ourselves before: .run was deleted, and what uses the addresses is our own leftover.
    if (claimed === 'ours' || (claimed === 'new' && (await instanceChoiceFree(choice)))) {
      const instance = instanceFrom(real, choice);
      mkdirSync(instance.logDir, { recursive: true });
      writeFileSync(join(instance.runDir, 'instance.json'), `${JSON.stringify(choice, undefined, 2)}\n`);
      return instance;
    }
    claimsRelease(choice, real);
  }
  throw new Error(`no free address range and port range found for ${real}`);
}

/** Gives the instance's claims back; for `reset`, after .run is gone. */
export function instanceRelease(instance: Instance): void {
  claimsRelease(instance, instance.checkout);
}

export function instancePort(instance: InstanceChoice, name: PortName): number {
  return instance.portBase + portNames.indexOf(name);
}

/** All ports by name. */
export function instancePorts(instance: InstanceChoice): Record<PortName, number> {
  const pairs = portNames.map((name, index) => [name, instance.portBase + index] as const);
  return Object.fromEntries(pairs) as Record<PortName, number>;
}

/** Address of the root namespace (host 0, .1) or of host N (.1N, from 1) on a network, without prefix length. */
export function instanceAddress(instance: InstanceChoice, network: NetworkName, host = 0): string {
  return `10.${instance.s}.${networkOctet[network]}.${host === 0 ? 1 : 10 + host}`;
}

export function instanceSubnet(instance: InstanceChoice, network: NetworkName): string {
  return `10.${instance.s}.${networkOctet[network]}.0/24`;
}

/** Name of the bridge in the root namespace. */
export function instanceBridge(instance: InstanceChoice, network: NetworkName): string {
  return `bas-${instance.id}-${networkLetter[network]}`;
}

/** Name of the root side of a host's cable. */
export function instanceCable(instance: InstanceChoice, host: number, network: NetworkName): string {
  return `bas-${instance.id}-${networkLetter[network]}${host}`;
}

export function instanceNamespace(instance: InstanceChoice, host: number): string {
  return `basalt-${instance.id}-host${host}`;
}
