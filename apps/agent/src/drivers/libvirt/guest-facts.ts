/** What a guest says of itself through its agent. Three short commands, one after another; silence is an answer. */
import type { GuestFacts } from '@basalt/contract';
import { isLibvirtError, type LibvirtHost } from '@basalt/libvirt';
import { z } from 'zod';

const info = z.object({ version: z.string() });
const osInfo = z.object({
  'pretty-name': z.string().optional(),
  name: z.string().optional(),
  id: z.string().optional(),
});
const hostNameAnswer = z.object({ 'host-name': z.string() });
const interfaces = z.array(
  z.object({
    name: z.string(),
    'hardware-address': z.string().optional(),
    'ip-addresses': z.array(z.object({ 'ip-address': z.string() })).optional(),
  }),
);

/** Texts of a guest are its user's: bounded here, encoded where they are shown. */
const bounded = (text: string | undefined): string | null => text?.slice(0, 255) ?? null;

export async function guestFactsRead(host: LibvirtHost, uuid: string, signal: AbortSignal): Promise<GuestFacts> {
  const ask = async <T extends z.ZodType>(command: string, schema: T): Promise<z.output<T> | null> => {
    const answer = await host.client.agentCommand(uuid, command, undefined, {
      answerSeconds: 3,
      timeoutMs: 5000,
      signal,
    });
    return schema.safeParse(answer).data ?? null;
  };
  /** An agent may lack a command or have it switched off. */
  const tryAsk = async <T extends z.ZodType>(command: string, schema: T): Promise<z.output<T> | null> =>
    ask(command, schema).catch((error: unknown) => {
      if (isLibvirtError(error, 'VIR_ERR_INTERNAL_ERROR', 'VIR_ERR_OPERATION_UNSUPPORTED')) return null;
      throw error;
    });
  const nothing = { agentVersion: null, hostName: null, os: null, interfaces: [] };
  const seenAt = (): string => new Date().toISOString();
  try {
    const agent = await ask('guest-info', info);
    const os = await tryAsk('guest-get-osinfo', osInfo);
    const name = await tryAsk('guest-get-host-name', hostNameAnswer);
    const nics = (await tryAsk('guest-network-get-interfaces', interfaces)) ?? [];
    return {
      agent: 'running',
      agentVersion: bounded(agent?.version),
      hostName: bounded(name?.['host-name']),
      os: bounded(os?.['pretty-name'] ?? os?.name ?? os?.id),
      interfaces: nics.slice(0, 64).map((nic) => ({
        name: nic.name.slice(0, 64),
        mac: nic['hardware-address'] ?? '',
        addresses: (nic['ip-addresses'] ?? []).slice(0, 64).map((one) => one['ip-address']),
      })),
      seenAt: seenAt(),
    };
  } catch (error) {
    signal.throwIfAborted();
    // Configured but silent (booting, hung, not installed), or the domain does not run.
    if (
      isLibvirtError(error, 'VIR_ERR_AGENT_UNRESPONSIVE', 'VIR_ERR_ARGUMENT_UNSUPPORTED', 'VIR_ERR_OPERATION_INVALID')
    )
      return { agent: 'absent', ...nothing, seenAt: seenAt() };
    if (isLibvirtError(error)) return { agent: 'unknown', ...nothing, seenAt: seenAt() };
    throw error;
  }
}
