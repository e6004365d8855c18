/** The region's dealings with the network controller: one switch per flat network, one port per NIC. */
import type { HostId, NetworkId, NicId, SubnetInput } from '@basalt/contract';

export interface NetworkSpec {
  readonly id: NetworkId;
  readonly name: string;
  readonly uplink: string;
  /** 0 = untagged. */
  readonly vlan: number;
  readonly mtu: number;
  /** Null = addresses are not managed. */
  readonly subnet: {
    readonly cidr: string;
    readonly gateway: string | null;
    readonly dns: readonly string[];
    readonly dhcp: boolean;
    /** Address OVN answers DHCP from. */
    readonly dhcpServer: string;
    readonly leaseTime: number;
    readonly routes: SubnetInput['routes'];
  } | null;
}

export interface PortSpec {
  /** The NIC's id; the port's name is the same, because libvirt writes it as interface id. */
  readonly id: NicId;
  readonly networkId: NetworkId;
  readonly mac: string;
  readonly address: string | null;
  /** Whether the network answers DHCP. */
  readonly dhcp: boolean;
}

export type PortState = 'missing' | 'down' | 'up';

/** Every call rejects with BasaltError networkFailed. Ensures are idempotent; only rows we own are touched. */
export interface NetworkDriver {
  networkEnsure(spec: NetworkSpec): Promise<void>;
  /** True when there was one. */
  networkRemove(id: NetworkId): Promise<boolean>;
  portEnsure(spec: PortSpec): Promise<void>;
  /** True when there was one. */
  portRemove(id: NicId): Promise<boolean>;
  portState(id: NicId): Promise<PortState>;
  /** The controller forgets a host that has left. True when it knew it. */
  chassisRemove(id: HostId): Promise<boolean>;
  /** All ports and networks of ours, for reconcilers. */
  owned(): Promise<{ readonly networks: readonly string[]; readonly ports: ReadonlyMap<string, PortState> }>;
  /** Whether the controller answers. */
  healthy(): Promise<boolean>;
  close(): Promise<void>;
}
