/** What the host is: versions, capabilities, processors, memory. */
import { remote } from '../gen/remote.ts';
import type { CallOptions, Caller } from '../rpc-types.ts';

export interface NodeInfo {
  model: string;
  memoryBytes: number;
  cpus: number;
  mhz: number;
  numaNodes: number;
  sockets: number;
  cores: number;
  threads: number;
}

/** libvirt packs versions as major * 1000000 + minor * 1000 + release. */
const version = (packed: bigint): string => {
  const value = Number(packed);
  return `${Math.floor(value / 1e6)}.${Math.floor(value / 1000) % 1000}.${value % 1000}`;
};

const STATS_ALL_CPUS = -1;
const STATS_ALL_CELLS = -1;

export const hostOperations = (caller: Caller) => ({
  /** Version of the hypervisor (QEMU), for example `7.2.22`. */
  hypervisorVersion: async (options?: CallOptions): Promise<string> =>
    version((await caller.call(remote.connectGetVersion, undefined, options)).hv_ver),

  libvirtVersion: async (options?: CallOptions): Promise<string> =>
    version((await caller.call(remote.connectGetLibVersion, undefined, options)).lib_ver),

  hostname: async (options?: CallOptions): Promise<string> =>
    (await caller.call(remote.connectGetHostname, undefined, options)).hostname,

  /** Capabilities of the host as XML. */
  capabilitiesXml: async (options?: CallOptions): Promise<string> =>
    (await caller.call(remote.connectGetCapabilities, undefined, options)).capabilities,

  /** What domains of this type and machine can have, as XML. Throws `VIR_ERR_INVALID_ARG` for an unusable type. */
  domainCapabilitiesXml: async (
    want: { emulator?: string; arch?: string; machine?: string; type?: 'kvm' | 'qemu' } = {},
    options?: CallOptions,
  ): Promise<string> => {
    const { emulator = null, arch = null, machine = null, type = null } = want;
    const args = { emulatorbin: emulator, arch, machine, virttype: type, flags: 0 };
    return (await caller.call(remote.connectGetDomainCapabilities, args, options)).capabilities;
  },

  nodeInfo: async (options?: CallOptions): Promise<NodeInfo> => {
    const info = await caller.call(remote.nodeGetInfo, undefined, options);
    const end = info.model.indexOf(0);
    return {
      model: String.fromCharCode(...info.model.slice(0, end < 0 ? undefined : end)),
      memoryBytes: Number(info.memory) * 1024,
      cpus: info.cpus,
      mhz: info.mhz,
      numaNodes: info.nodes,
      sockets: info.sockets,
      cores: info.cores,
      threads: info.threads,
    };
  },

  /** Memory of the host in bytes: `total`, `free`, `buffers`, `cached`. */
  nodeMemoryStats: async (options?: CallOptions): Promise<Record<string, number>> => {
    const ask = (nparams: number) =>
      caller.call(remote.nodeGetMemoryStats, { nparams, cellNum: STATS_ALL_CELLS, flags: 0 }, options);
    // Two questions: how many, then exactly that many.
    const { params } = await ask((await ask(0)).nparams);
    return Object.fromEntries(params.map(({ field, value }) => [field, Number(value) * 1024]));
  },

  /** Nanoseconds since start over all processors: `kernel`, `user`, `idle`, `iowait`. */
  nodeCpuStats: async (options?: CallOptions): Promise<Record<string, number>> => {
    const ask = (nparams: number) =>
      caller.call(remote.nodeGetCpuStats, { nparams, cpuNum: STATS_ALL_CPUS, flags: 0 }, options);
    const { params } = await ask((await ask(0)).nparams);
    return Object.fromEntries(params.map(({ field, value }) => [field, Number(value)]));
  },
});
