import { describe, expect, test } from 'vitest';
import { createClient } from './client.ts';
import { qemu } from './gen/qemu.ts';
import { remote } from './gen/remote.ts';
import type { Procedure } from './procedure.ts';
import type { CallOptions, Caller } from './rpc-types.ts';

const DOM = '0190b2b0-7c00-7000-8000-000000000001';
const OTHER = '0190b2b0-7c00-7000-8000-000000000002';

interface Seen {
  name: string;
  args: unknown;
  options: CallOptions | undefined;
  reply: (value: unknown) => void;
}

/** A client whose calls go nowhere until the test answers them. */
const recorded = () => {
  const seen: Seen[] = [];
  const call = <A, R>(procedure: Procedure<A, R>, args: A, options?: CallOptions): Promise<R> =>
    new Promise((resolve) => {
      seen.push({ name: procedure.name, args, options, reply: (value) => resolve(value as R) });
    });
  const caller: Caller = { call, stream: () => Promise.reject(new Error('no streams here')) };
  return { client: createClient(caller), seen };
};

const settle = (): Promise<void> => new Promise((resolve) => void setImmediate(resolve));

describe('operations', () => {
  test('[VM-26] put switches into libvirt’s bits', () => {
    const { client, seen } = recorded();
    void client.domainUndefine(DOM, { managedSave: true, nvram: true, snapshotsMetadata: false });
    void client.domainDestroy(DOM, { graceful: true });
    void client.domainShutdown(DOM, { acpi: true });
    void client.domainAttachDevice(DOM, '<disk/>', { live: true, config: true });
    void client.domainStats({ state: true, block: true }, { active: true, nowait: true });
    expect(seen.map(({ name, args }) => [name, (args as { flags: number }).flags])).toEqual([
      ['domainUndefineFlags', 1 | 4],
      ['domainDestroyFlags', 1],
      ['domainShutdownFlags', 1],
      ['domainAttachDeviceFlags', 1 | 2],
      ['connectGetAllDomainStats', 0x20000000 | 1],
    ]);
    expect(seen[4]?.args).toMatchObject({ stats: 1 | 32, doms: [] });
  });

  test('[MIG-01] migrate by one peer-to-peer call on the lane for long work', () => {
    const { client, seen } = recorded();
    void client.domainMigrate(DOM, {
      destination: 'qemu+tls://b/system',
      live: true,
      undefineSource: true,
      bandwidth: 8,
    });
    expect(seen).toMatchObject([
      {
        name: remote.domainMigratePerform3Params.name,
        args: {
          dconnuri: 'qemu+tls://b/system',
          flags: 1 | 2 | 16,
          params: [{ field: 'bandwidth', value: { type: 4, value: 8n } }],
        },
        options: { lane: 'jobs' },
      },
    ]);
  });

  test('[VM-24] whatever waits on a guest’s agent waits its turn, on the lane for that', async () => {
    const { client, seen } = recorded();
    const ping = client.agentCommand(DOM, 'guest-ping');
    const stop = client.domainShutdown(DOM, { agent: true });
    const elsewhere = client.interfaceAddresses(OTHER, 'agent');
    await settle();
    expect(seen.map(({ name }) => name)).toEqual([qemu.domainAgentCommand.name, 'domainInterfaceAddresses']);
    expect(seen[0]).toMatchObject({
      args: { cmd: '{"execute":"guest-ping"}', timeout: 5 },
      options: { lane: 'agent' },
    });
    seen[0]?.reply({ result: '{"return":{}}' });
    expect(await ping).toEqual({});
    await settle();
    expect(seen[2]).toMatchObject({ name: 'domainShutdownFlags', args: { flags: 2 }, options: { lane: 'agent' } });
    seen[2]?.reply(undefined);
    seen[1]?.reply({ ifaces: [{ name: 'eth0', hwaddr: 'm', addrs: [{ type: 0, addr: '10.0.0.9', prefix: 24 }] }] });
    await stop;
    expect(await elsewhere).toEqual([
      { name: 'eth0', mac: 'm', addresses: [{ family: 'ipv4', address: '10.0.0.9', prefix: 24 }] },
    ]);
  });

  test('[HOST-01] asks first how many, then for exactly that many', async () => {
    const { client, seen } = recorded();
    const stats = client.nodeMemoryStats();
    await settle();
    seen[0]?.reply({ params: [], nparams: 2 });
    await settle();
    expect(seen.map(({ args }) => (args as { nparams: number }).nparams)).toEqual([0, 2]);
    seen[1]?.reply({
      params: [
        { field: 'total', value: 2n },
        { field: 'free', value: 1n },
      ],
      nparams: 2,
    });
    expect(await stats).toEqual({ total: 2048, free: 1024 });
  });

  test('[VM-25] a monitor answer that is not JSON is a protocol error, a refusal a QmpError', async () => {
    const { client, seen } = recorded();
    const [broken, refused] = [client.monitorCommand(DOM, 'a'), client.monitorCommand(DOM, 'b')];
    seen[0]?.reply({ result: 'oops' });
    seen[1]?.reply({ result: '{"error":{"class":"GenericError","desc":"no"},"id":"libvirt-1"}' });
    await expect(broken).rejects.toMatchObject({ kind: 'protocol' });
    await expect(refused).rejects.toMatchObject({ name: 'QmpError', errorClass: 'GenericError', message: 'b: no' });
  });

  test('[VM-05] a UUID that is none never reaches libvirt', () => {
    const { client, seen } = recorded();
    expect(() => client.domainSuspend('../etc')).toThrow('not a UUID');
    expect(seen).toEqual([]);
  });
});
