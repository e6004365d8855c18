/** Definition and life of domains. */
import type { AgentTurn } from '../agent-turn.ts';
import { type DomainHandle, type DomainRef, domainOf, flagBits, handleOf, uuidBytes } from '../domain-ref.ts';
import { METADATA_PREFIX, METADATA_URI } from '../domain-xml/machine-xml.ts';
import * as e from '../gen/enums.ts';
import { remote } from '../gen/remote.ts';
import { stateReason } from '../reasons.ts';
import type { CallOptions, Caller } from '../rpc-types.ts';

/** libvirt's states under short names. */
export const DOMAIN_STATES = [
  'nostate',
  'running',
  'blocked',
  'paused',
  'shutdown',
  'shutoff',
  'crashed',
  'pmsuspended',
] as const;
export type DomainState = (typeof DOMAIN_STATES)[number];

export const domainState = (number: number): DomainState => DOMAIN_STATES[number] ?? 'nostate';

/** A state with libvirt's reason, as number and as name: `user`, `ioerror`, `destroyed`. */
export interface DomainStateReason {
  state: DomainState;
  reason: number;
  reasonName: string;
}

export interface DomainInfo {
  state: DomainState;
  maxMemoryBytes: number;
  memoryBytes: number;
  vcpus: number;
  /** Nanoseconds of processor time since start. */
  cpuTime: number;
}

export interface UndefineFlags {
  managedSave?: boolean;
  snapshotsMetadata?: boolean;
  checkpointsMetadata?: boolean;
  /** Needed for a UEFI domain: removes its variables too. */
  nvram?: boolean;
  keepNvram?: boolean;
  tpm?: boolean;
}

const UNDEFINE = {
  managedSave: e.virDomainUndefineFlagsValues.VIR_DOMAIN_UNDEFINE_MANAGED_SAVE,
  snapshotsMetadata: e.virDomainUndefineFlagsValues.VIR_DOMAIN_UNDEFINE_SNAPSHOTS_METADATA,
  checkpointsMetadata: e.virDomainUndefineFlagsValues.VIR_DOMAIN_UNDEFINE_CHECKPOINTS_METADATA,
  nvram: e.virDomainUndefineFlagsValues.VIR_DOMAIN_UNDEFINE_NVRAM,
  keepNvram: e.virDomainUndefineFlagsValues.VIR_DOMAIN_UNDEFINE_KEEP_NVRAM,
  tpm: e.virDomainUndefineFlagsValues.VIR_DOMAIN_UNDEFINE_TPM,
};

export interface StartFlags {
  paused?: boolean;
  /** The domain dies with the connection. */
  autodestroy?: boolean;
  /** Ignores a saved state. */
  forceBoot?: boolean;
  resetNvram?: boolean;
}

const START = {
  paused: e.virDomainCreateFlags.VIR_DOMAIN_START_PAUSED,
  autodestroy: e.virDomainCreateFlags.VIR_DOMAIN_START_AUTODESTROY,
  forceBoot: e.virDomainCreateFlags.VIR_DOMAIN_START_FORCE_BOOT,
  resetNvram: e.virDomainCreateFlags.VIR_DOMAIN_START_RESET_NVRAM,
};

/** How the guest is asked to stop; libvirt chooses when neither is set. */
export interface ShutdownFlags {
  acpi?: boolean;
  agent?: boolean;
}

const SHUTDOWN = {
  acpi: e.virDomainShutdownFlagValues.VIR_DOMAIN_SHUTDOWN_ACPI_POWER_BTN,
  agent: e.virDomainShutdownFlagValues.VIR_DOMAIN_SHUTDOWN_GUEST_AGENT,
};

export interface XmlFlags {
  /** With passwords. */
  secure?: boolean;
  /** The definition instead of the running domain. */
  inactive?: boolean;
  migratable?: boolean;
}

const XML = {
  secure: e.virDomainXMLFlags.VIR_DOMAIN_XML_SECURE,
  inactive: e.virDomainXMLFlags.VIR_DOMAIN_XML_INACTIVE,
  migratable: e.virDomainXMLFlags.VIR_DOMAIN_XML_MIGRATABLE,
};

export interface ListFlags {
  active?: boolean;
  inactive?: boolean;
}

const LIST = {
  active: e.virConnectListAllDomainsFlags.VIR_CONNECT_LIST_DOMAINS_ACTIVE,
  inactive: e.virConnectListAllDomainsFlags.VIR_CONNECT_LIST_DOMAINS_INACTIVE,
};

/** Which of the two descriptions a change is for; both by default when the domain runs and is defined. */
export interface Affect {
  live?: boolean;
  config?: boolean;
}

const AFFECT = {
  live: e.virDomainModificationImpact.VIR_DOMAIN_AFFECT_LIVE,
  config: e.virDomainModificationImpact.VIR_DOMAIN_AFFECT_CONFIG,
};

/** Bits of `affect`; nothing given means "whatever it is now". */
export const affectBits = (affect?: Affect): number => flagBits(affect, AFFECT);

/** Stopping a guest that is stuck in I/O took 12 s in the lab: the process has to be killed. */
const DESTROY_TIMEOUT_MS = 60_000;

export const domainOperations = (caller: Caller, turn: AgentTurn) => ({
  /** Defines or redefines; validates against libvirt's schema when asked to. */
  domainDefine: async (
    xml: string,
    flags: { validate?: boolean } = {},
    options?: CallOptions,
  ): Promise<DomainHandle> => {
    const bits = flags.validate ? e.virDomainDefineFlags.VIR_DOMAIN_DEFINE_VALIDATE : 0;
    return handleOf((await caller.call(remote.domainDefineXmlFlags, { xml, flags: bits }, options)).dom);
  },

  /** Throws `VIR_ERR_OPERATION_INVALID` for a UEFI domain without `nvram` or `keepNvram`. */
  domainUndefine: (dom: DomainRef, flags?: UndefineFlags, options?: CallOptions): Promise<void> =>
    caller.call(remote.domainUndefineFlags, { dom: domainOf(dom), flags: flagBits(flags, UNDEFINE) }, options),

  /** Starts a defined domain. Throws `VIR_ERR_OPERATION_INVALID` when it runs already. */
  domainCreate: async (dom: DomainRef, flags?: StartFlags, options?: CallOptions): Promise<DomainHandle> => {
    const args = { dom: domainOf(dom), flags: flagBits(flags, START) };
    return handleOf((await caller.call(remote.domainCreateWithFlags, args, { timeoutMs: 60_000, ...options })).dom);
  },

  /** Starts a domain that is not defined: it is gone once it stops. */
  domainCreateXml: async (xml: string, flags?: StartFlags, options?: CallOptions): Promise<DomainHandle> => {
    const args = { xml_desc: xml, flags: flagBits(flags, START) };
    return handleOf((await caller.call(remote.domainCreateXml, args, { timeoutMs: 60_000, ...options })).dom);
  },

  /** Asks the guest; returning means asked, not stopped. */
  domainShutdown: (dom: DomainRef, flags?: ShutdownFlags, options?: CallOptions): Promise<void> => {
    const ask = (rest?: CallOptions) =>
      caller.call(remote.domainShutdownFlags, { dom: domainOf(dom), flags: flagBits(flags, SHUTDOWN) }, rest);
    return flags?.agent ? turn(dom, options, ask) : ask(options);
  },

  domainReboot: (dom: DomainRef, flags?: ShutdownFlags, options?: CallOptions): Promise<void> => {
    const ask = (rest?: CallOptions) =>
      caller.call(remote.domainReboot, { dom: domainOf(dom), flags: flagBits(flags, SHUTDOWN) }, rest);
    return flags?.agent ? turn(dom, options, ask) : ask(options);
  },

  /** Pulls the plug. `graceful` refuses to kill a process that does not go by itself (`VIR_ERR_OPERATION_FAILED`). */
  domainDestroy: (dom: DomainRef, flags: { graceful?: boolean } = {}, options?: CallOptions): Promise<void> => {
    const bits = flags.graceful ? e.virDomainDestroyFlagsValues.VIR_DOMAIN_DESTROY_GRACEFUL : 0;
    const limits = { timeoutMs: DESTROY_TIMEOUT_MS, ...options };
    return caller.call(remote.domainDestroyFlags, { dom: domainOf(dom), flags: bits }, limits);
  },

  domainReset: (dom: DomainRef, options?: CallOptions): Promise<void> =>
    caller.call(remote.domainReset, { dom: domainOf(dom), flags: 0 }, options),

  domainSuspend: (dom: DomainRef, options?: CallOptions): Promise<void> =>
    caller.call(remote.domainSuspend, { dom: domainOf(dom) }, options),

  domainResume: (dom: DomainRef, options?: CallOptions): Promise<void> =>
    caller.call(remote.domainResume, { dom: domainOf(dom) }, options),

  /** Throws `VIR_ERR_NO_DOMAIN`. */
  domainLookupByUuid: async (uuid: string, options?: CallOptions): Promise<DomainHandle> =>
    handleOf((await caller.call(remote.domainLookupByUuid, { uuid: uuidBytes(uuid) }, options)).dom),

  /** Throws `VIR_ERR_NO_DOMAIN`. */
  domainLookupByName: async (name: string, options?: CallOptions): Promise<DomainHandle> =>
    handleOf((await caller.call(remote.domainLookupByName, { name }, options)).dom),

  /** All domains, or only the running or only the stopped ones. */
  domainList: async (flags?: ListFlags, options?: CallOptions): Promise<DomainHandle[]> => {
    const args = { need_results: 1, flags: flagBits(flags, LIST) };
    return (await caller.call(remote.connectListAllDomains, args, options)).domains.map(handleOf);
  },

  domainGetState: async (dom: DomainRef, options?: CallOptions): Promise<DomainStateReason> => {
    const reply = await caller.call(remote.domainGetState, { dom: domainOf(dom), flags: 0 }, options);
    const state = domainState(reply.state);
    return { state, reason: reply.reason, reasonName: stateReason(state, reply.reason) };
  },

  domainGetInfo: async (dom: DomainRef, options?: CallOptions): Promise<DomainInfo> => {
    const info = await caller.call(remote.domainGetInfo, { dom: domainOf(dom) }, options);
    return {
      state: domainState(info.state),
      maxMemoryBytes: Number(info.maxMem) * 1024,
      memoryBytes: Number(info.memory) * 1024,
      vcpus: info.nrVirtCpu,
      cpuTime: Number(info.cpuTime),
    };
  },

  domainGetXml: async (dom: DomainRef, flags?: XmlFlags, options?: CallOptions): Promise<string> =>
    (await caller.call(remote.domainGetXmlDesc, { dom: domainOf(dom), flags: flagBits(flags, XML) }, options)).xml,

  /** Memory in use by the guest, by balloon when live; bytes, a multiple of 1024. */
  domainSetMemory: (dom: DomainRef, bytes: number, affect?: Affect, options?: CallOptions): Promise<void> => {
    const args = { dom: domainOf(dom), memory: BigInt(Math.floor(bytes / 1024)), flags: affectBits(affect) };
    return caller.call(remote.domainSetMemoryFlags, args, options);
  },

  /** Processors in use; `guest` asks the agent to bring them on or off line. */
  domainSetVcpus: (dom: DomainRef, count: number, affect: Affect & { guest?: boolean } = {}, options?: CallOptions) => {
    const guest = affect.guest ? e.virDomainVcpuFlags.VIR_DOMAIN_VCPU_GUEST : 0;
    const args = { dom: domainOf(dom), nvcpus: count, flags: affectBits(affect) | guest };
    const ask = (rest?: CallOptions) => caller.call(remote.domainSetVcpusFlags, args, rest);
    return affect.guest ? turn(dom, options, ask) : ask(options);
  },

  /** Replaces our metadata element, see `metadataXml`; null removes it. */
  domainSetMetadata: (dom: DomainRef, xml: string | null, affect?: Affect, options?: CallOptions): Promise<void> =>
    caller.call(
      remote.domainSetMetadata,
      {
        dom: domainOf(dom),
        type: e.virDomainMetadataType.VIR_DOMAIN_METADATA_ELEMENT,
        metadata: xml,
        key: METADATA_PREFIX,
        uri: METADATA_URI,
        flags: affectBits(affect),
      },
      options,
    ),

  domainSetAutostart: (dom: DomainRef, autostart: boolean, options?: CallOptions): Promise<void> =>
    caller.call(remote.domainSetAutostart, { dom: domainOf(dom), autostart: autostart ? 1 : 0 }, options),

  /** Presses the keys together; Linux key codes. */
  domainSendKey: (dom: DomainRef, keycodes: number[], holdMs = 50, options?: CallOptions): Promise<void> => {
    const codeset = e.virKeycodeSet.VIR_KEYCODE_SET_LINUX;
    return caller.call(
      remote.domainSendKey,
      { dom: domainOf(dom), codeset, holdtime: holdMs, keycodes, flags: 0 },
      options,
    );
  },

  domainInjectNmi: (dom: DomainRef, options?: CallOptions): Promise<void> =>
    caller.call(remote.domainInjectNmi, { dom: domainOf(dom), flags: 0 }, options),
});
