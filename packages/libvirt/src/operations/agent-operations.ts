/** The guest agent and QEMU's monitor. */
import type { AgentTurn } from '../agent-turn.ts';
import { type DomainRef, domainOf } from '../domain-ref.ts';
import { LibvirtError } from '../errors.ts';
import { virDomainInterfaceAddressesSource } from '../gen/enums.ts';
import { qemu } from '../gen/qemu.ts';
import { remote } from '../gen/remote.ts';
import type { CallOptions, Caller } from '../rpc-types.ts';

/** QEMU's answer to a monitor command that it refused. */
export class QmpError extends Error {
  override readonly name = 'QmpError';
  /** QMP's error class, usually `GenericError` or `CommandNotFound`. */
  readonly errorClass: string;

  constructor(command: string, errorClass: string, description: string) {
    super(`${command}: ${description}`);
    this.errorClass = errorClass;
  }
}

export interface InterfaceAddresses {
  name: string;
  mac: string | null;
  addresses: { family: 'ipv4' | 'ipv6'; address: string; prefix: number }[];
}

const ADDRESS_SOURCE = {
  lease: virDomainInterfaceAddressesSource.VIR_DOMAIN_INTERFACE_ADDRESSES_SRC_LEASE,
  agent: virDomainInterfaceAddressesSource.VIR_DOMAIN_INTERFACE_ADDRESSES_SRC_AGENT,
  arp: virDomainInterfaceAddressesSource.VIR_DOMAIN_INTERFACE_ADDRESSES_SRC_ARP,
} as const;

const objectParse = (text: string | null, what: string): Record<string, unknown> => {
  try {
    const value: unknown = JSON.parse(text ?? '');
    if (typeof value === 'object' && value !== null) return Object.fromEntries(Object.entries(value));
  } catch (cause) {
    throw new LibvirtError({ kind: 'protocol', message: `${what}: answer is not JSON`, cause });
  }
  throw new LibvirtError({ kind: 'protocol', message: `${what}: answer is not an object` });
};

export const agentOperations = (caller: Caller, exclusively: AgentTurn) => ({
  /**
   * A guest agent command; returns its `return`. `answerSeconds` is how long libvirt waits for the guest. Throws
   * `VIR_ERR_AGENT_UNRESPONSIVE` when the agent is silent, `VIR_ERR_INTERNAL_ERROR` when it refuses.
   */
  agentCommand: (
    dom: DomainRef,
    command: string,
    args?: Record<string, unknown>,
    { answerSeconds = 5, ...options }: CallOptions & { answerSeconds?: number } = {},
  ): Promise<unknown> =>
    exclusively(dom, options, async (rest) => {
      const cmd = JSON.stringify({ execute: command, ...(args ? { arguments: args } : {}) });
      const request = { dom: domainOf(dom), cmd, timeout: answerSeconds, flags: 0 };
      const { result } = await caller.call(qemu.domainAgentCommand, request, rest);
      return objectParse(result, command)['return'];
    }),

  /** A QMP command; returns its `return`. QEMU's refusal comes inside a successful reply and throws QmpError. */
  monitorCommand: async (
    dom: DomainRef,
    command: string,
    args?: Record<string, unknown>,
    options?: CallOptions,
  ): Promise<unknown> => {
    const cmd = JSON.stringify({ execute: command, ...(args ? { arguments: args } : {}) });
    const reply = await caller.call(qemu.domainMonitorCommand, { dom: domainOf(dom), cmd, flags: 0 }, options);
    const answer = objectParse(reply.result, command);
    const { error } = answer;
    if (typeof error === 'object' && error !== null) {
      const { class: errorClass, desc } = error as { class?: unknown; desc?: unknown };
      throw new QmpError(command, String(errorClass), String(desc));
    }
    return answer['return'];
  },

  /** Addresses of the guest: from its agent, from DHCP leases of libvirt's networks, or from the host's ARP table. */
  interfaceAddresses: async (
    dom: DomainRef,
    source: keyof typeof ADDRESS_SOURCE,
    options?: CallOptions,
  ): Promise<InterfaceAddresses[]> => {
    const args = { dom: domainOf(dom), source: ADDRESS_SOURCE[source], flags: 0 };
    const ask = (rest: CallOptions | undefined) => caller.call(remote.domainInterfaceAddresses, args, rest);
    const { ifaces } = await (source === 'agent' ? exclusively(dom, options, ask) : ask(options));
    return ifaces.map(({ name, hwaddr, addrs }) => ({
      name,
      mac: hwaddr,
      addresses: addrs.map(({ type, addr, prefix }) => ({
        family: type === 0 ? 'ipv4' : 'ipv6',
        address: addr,
        prefix,
      })),
    }));
  },

  /** Freezes the guest's file systems; returns how many. Always thaw, whatever happens in between. */
  fsFreeze: (dom: DomainRef, options?: CallOptions): Promise<number> =>
    exclusively(dom, options, async (rest) => {
      const args = { dom: domainOf(dom), mountpoints: [], flags: 0 };
      return (await caller.call(remote.domainFsfreeze, args, rest)).filesystems;
    }),

  fsThaw: (dom: DomainRef, options?: CallOptions): Promise<number> =>
    exclusively(dom, options, async (rest) => {
      const args = { dom: domainOf(dom), mountpoints: [], flags: 0 };
      return (await caller.call(remote.domainFsthaw, args, rest)).filesystems;
    }),

  setUserPassword: (dom: DomainRef, user: string, password: string, options?: CallOptions): Promise<void> =>
    exclusively(dom, options, (rest) =>
      caller.call(remote.domainSetUserPassword, { dom: domainOf(dom), user, password, flags: 0 }, rest),
    ),
});
