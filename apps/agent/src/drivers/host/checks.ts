/** The pre-checks of a host that wants to join (HOST-02), as findings: what is, what should be. Pure. */
import type { HostFacts } from '@basalt/contract/agent/index';
import type { HostInventory } from '@basalt/contract';

type Check = HostFacts['checks'][number];

export interface CheckInput {
  readonly inventory: HostInventory;
  readonly hypervisorConnected: boolean;
  /** Whether the storage answered a question just now; null = the host has not been told of it yet. */
  readonly storageReachable: boolean | null;
  readonly bridgeMappings: Readonly<Record<string, string>>;
}

const GIB = 1024 ** 3;
const LEAST_MEMORY = 2 * GIB;
/** The oldest versions this has been tried with. */
const LEAST = { libvirt: [9, 0], hypervisor: [7, 2] } as const;

const atLeast = (version: string, [major, minor]: readonly [number, number]): boolean => {
  const [a = 0, b = 0] = version.split('.').map(Number);
  return a > major || (a === major && b >= minor);
};

export function hostChecks({ inventory, hypervisorConnected, storageReachable, bridgeMappings }: CheckInput): Check[] {
  const { virtualisation, timeSynchronised, libvirt, hypervisor, ovs, memory, nics } = inventory;
  const versionsFit = atLeast(libvirt, LEAST.libvirt) && atLeast(hypervisor, LEAST.hypervisor);
  const linksUp = nics.some(({ up, addresses }) => up && addresses.length > 0);
  const provider = Object.values(bridgeMappings).join(', ');
  return [
    {
      key: 'virtualisation',
      verdict: virtualisation === 'kvm' ? 'passed' : 'warning',
      found: virtualisation === 'kvm' ? 'KVM' : 'TCG',
      wanted: 'KVM',
    },
    {
      key: 'time',
      verdict: timeSynchronised === true ? 'passed' : 'warning',
      found: timeSynchronised === null ? 'unknown' : timeSynchronised ? 'synchronised' : 'not synchronised',
      wanted: 'synchronised',
    },
    {
      key: 'version',
      verdict: versionsFit ? 'passed' : 'failed',
      found: `libvirt ${libvirt}, QEMU ${hypervisor}`,
      wanted: 'libvirt ≥ 9.0, QEMU ≥ 7.2',
    },
    {
      key: 'network',
      verdict: ovs === null || !linksUp ? 'failed' : provider === '' ? 'warning' : 'passed',
      found: `Open vSwitch ${ovs ?? '–'}, ${provider === '' ? 'no provider network' : provider}`,
      wanted: 'Open vSwitch, provider network',
    },
    {
      key: 'storage',
      verdict: storageReachable === null ? 'warning' : storageReachable ? 'passed' : 'failed',
      found: storageReachable === null ? 'not yet configured' : storageReachable ? 'reachable' : 'unreachable',
      wanted: 'reachable',
    },
    {
      key: 'memory',
      verdict: memory >= LEAST_MEMORY ? 'passed' : 'failed',
      found: `${(memory / GIB).toFixed(1)} GiB`,
      wanted: '≥ 2 GiB',
    },
    {
      key: 'hypervisor',
      verdict: hypervisorConnected ? 'passed' : 'failed',
      found: hypervisorConnected ? `libvirt ${libvirt}` : 'libvirt does not answer',
      wanted: 'libvirt answers',
    },
  ];
}
