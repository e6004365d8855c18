import { z } from 'zod';
import { envParse } from '@basalt/service/env';

const bytes = z
  .string()
  .regex(/^\d+[KMGT]?$/u, 'bytes, or a number with K, M, G or T')
  .transform((text) => Number.parseInt(text, 10) * 1024 ** ' KMGT'.indexOf(/[KMGT]$/u.exec(text)?.[0] ?? ' '));

/** `physnet1:br-ex,physnet2:br-two` */
const mappings = z
  .string()
  .regex(/^([A-Za-z0-9_.-]+:[A-Za-z0-9_.-]+)(,[A-Za-z0-9_.-]+:[A-Za-z0-9_.-]+)*$|^$/u)
  .transform((text) =>
    Object.fromEntries(
      text
        .split(',')
        .filter(Boolean)
        .map((one) => one.split(':') as [string, string]),
    ),
  );

const schema = z.object({
  /** Key, certificate, journal, seeds: survives reboots. */
  BASALT_AGENT_STATE_DIR: z.string().default('/var/lib/basalt-agent'),
  /** Sockets of consoles and the boot marker: on the host's tmpfs, at most 60 characters long. */
  BASALT_AGENT_RUN_DIR: z.string().max(60).default('/run/basalt-agent'),
  /** Where the agent listens, and what it tells the region at enrolment. */
  BASALT_AGENT_ADDRESS: z.ipv4().optional(),
  BASALT_AGENT_PORT: z.coerce.number().int().min(1).max(65_535).default(7444),
  /** The one-time token, for who keeps it out of the process list. */
  BASALT_AGENT_TOKEN: z.string().optional(),
  BASALT_AGENT_HOST_NAME: z.string().optional(),
  /** Share of the machine offered to guests; all of it by default. */
  BASALT_AGENT_VCPUS: z.coerce.number().int().min(1).optional(),
  BASALT_AGENT_MEMORY: bytes.optional(),
  /** `auto` starts a probe guest: the device file alone proves nothing. */
  BASALT_AGENT_VIRTUALISATION: z.enum(['auto', 'kvm', 'tcg']).default('auto'),
  /** `userspace` switches checksum and segmentation offloads of guests' NICs off. */
  BASALT_AGENT_DATAPATH: z.enum(['userspace', 'kernel']).default('kernel'),
  BASALT_AGENT_OVS: z.string().default('unix:/run/openvswitch/db.sock'),
  BASALT_AGENT_LIBVIRT: z.string().default('/run/libvirt/libvirt-sock'),
  /** Where libvirt keeps QEMU's pid files. */
  BASALT_AGENT_LIBVIRT_RUN_DIR: z.string().default('/run/libvirt/qemu'),
  BASALT_AGENT_ENCAP_IP: z.ipv4().optional(),
  BASALT_AGENT_BRIDGE_MAPPINGS: mappings.default({}),
  BASALT_AGENT_CEPH_DIR: z.string().default('/etc/ceph'),
  BASALT_LOG_LEVEL: z.enum(['debug', 'info', 'warn', 'error']).default('info'),
});
export type AgentEnv = z.output<typeof schema>;

/** @throws Error naming every variable that is wrong. */
export const agentEnv = (): AgentEnv => envParse(schema);
