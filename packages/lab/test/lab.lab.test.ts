/** The whole lab in an instance of its own: up, a guest on plain tools, faults, down without a trace. */
import { existsSync, mkdirSync, mkdtempSync, readFileSync, realpathSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import {
  FaultUnsupportedError,
  type Instance,
  cephAdmin,
  cephStatus,
  commandRun,
  commandTry,
  faultHeal,
  faultHostPull,
  faultLinkCut,
  faultLinkDegrade,
  faultList,
  faultMonKill,
  faultOsdKill,
  faultProcessFreeze,
  guestImageEnsure,
  hostCommand,
  hostFiles,
  hostGuests,
  hostProcesses,
  instanceAddress,
  instanceBridge,
  instanceOpen,
  instanceRelease,
  kvmProbe,
  labDown,
  labReset,
  labStatus,
  labUp,
  supervisorStatus,
  waitFor,
} from '../src/index.ts';
import { processArgv, processHasEnvironment, processList, processSignal } from '../src/process-table.ts';
import { supervisorRecord } from '../src/supervisor-record.ts';
import {
  type PlainGuest,
  guestAgentWait,
  guestStart,
  imageImport,
  nbctl,
  rbd,
  switchCreate,
  virsh,
} from './plain-guest.ts';

const hosts = [1, 2, 3];
let checkout: string;
let instance: Instance;
let before: Record<string, string[]>;

/** What a run may leave on a machine, of this instance. */
async function traces(): Promise<Record<string, string[]>> {
  const lines = async (...argv: string[]) =>
    (await commandRun(argv)).split('\n').filter((line) => line.includes(instance.id) || line.includes(checkout));
  return {
    namespaces: await lines('ip', 'netns', 'list'),
    links: await lines('ip', '-o', 'link', 'show'),
    addresses: (await commandRun(['ip', '-o', 'addr', 'show']))
      .split('\n')
      .filter((line) => line.includes(` 10.${instance.s}.`)),
    mounts: readFileSync('/proc/self/mountinfo', 'utf8')
      .split('\n')
      .filter(
        (line) =>
          line.includes(instance.runtimeDir) || line.includes(checkout) || line.includes(`basalt-${instance.id}`),
      ),
    processes: [
      ...(await lines('ps', '-eo', 'args')),
      ...processList()
        .filter(({ pid }) => processHasEnvironment(pid, `${instance.marker.name}=${instance.marker.value}`))
        .map(({ pid }) => processArgv(pid).join(' ')),
    ],
    runtime: existsSync(instance.runtimeDir) ? [instance.runtimeDir] : [],
  };
}

const onHost = (host: number, ...argv: string[]) => commandRun(hostCommand(instance, host, argv));
const pings = async (host: number, address: string) =>
  (await commandTry(hostCommand(instance, host, ['ping', '-c', '1', '-W', '1', address]))).code === 0;
const plain = (host: number): PlainGuest => ({
  name: `plain${host}`,
  host,
  mac: `52:54:00:77:00:0${host}`,
  ip: `10.77.0.1${host}`,
  portUuid: `0000000${host}-1111-4000-8000-000000000000`,
});

beforeAll(async () => {
  checkout = realpathSync(mkdtempSync(join(tmpdir(), 'basalt-lab-')));
  // The images' cache is shared with the real instance; everything else is this test's own.
  const cacheDir = resolve(import.meta.dirname, '../../../.run/cache');
  mkdirSync(cacheDir, { recursive: true });
  instance = { ...(await instanceOpen(checkout)), cacheDir };
  before = await traces();
}, 60_000);

afterAll(async () => {
  await labReset(instance);
  instanceRelease(instance);
  rmSync(checkout, { recursive: true });
}, 120_000);

describe('[BYD-01] the virtual data centre', () => {
  test('[BYD-01] comes up with three healthy hosts in under two minutes', { timeout: 240_000 }, async () => {
    const from = Date.now();
    const ceph = await labUp(instance);
    expect(Date.now() - from).toBeLessThan(120_000);
    expect(ceph).toMatchObject({ osds: 6, osdsUp: 6, pgs: 32, pgsActive: 32 });
    expect(ceph.health).toBe('HEALTH_OK');
    const status = await labStatus(instance);
    expect(status).toMatchObject({ state: 'up', hosts: 3, guests: 0, faults: [] });
    expect(status.memoryBytes).toBeLessThan(2.5 * 2 ** 30);
  });

  test('[BYD-01] a second up changes nothing', { timeout: 60_000 }, async () => {
    const pids = async () =>
      (await supervisorStatus(instance))
        .map(({ name, pid }) => ({ name, pid }))
        .sort((a, b) => a.name.localeCompare(b.name));
    const running = await pids();
    await labUp(instance);
    expect(await pids()).toEqual(running);
  });

  test(
    '[BYD-01] hosts are hosts: own name, own files, own libvirt, three networks apart',
    { timeout: 60_000 },
    async () => {
      const uuids = new Set<string>();
      for (const host of hosts) {
        expect((await onHost(host, 'hostname')).trim()).toBe(`host${host}`);
        await onHost(host, 'touch', '/etc/ceph/basalt.conf');
        expect(existsSync(join(hostFiles(instance, host).etcCeph, 'basalt.conf'))).toBe(true);
        uuids.add(/<uuid>(.*)<\/uuid>/.exec(await virsh(instance, host, 'capabilities'))?.[1] ?? '');
        for (const network of ['management', 'storage', 'provider'] as const)
          expect(await pings(host, instanceAddress(instance, network, (host % 3) + 1))).toBe(true);
      }
      expect(uuids.size).toBe(3);
      expect(existsSync('/etc/ceph/basalt.conf')).toBe(false);
      expect(await commandRun(['ip', '-4', '-o', 'addr', 'show', 'dev', instanceBridge(instance, 'provider')])).toBe(
        '',
      );
    },
  );

  test(
    '[BYD-01] each pool keeps three copies on three hosts, on its own class of OSDs',
    { timeout: 60_000 },
    async () => {
      for (const pool of ['ssd', 'hdd']) {
        expect(JSON.parse(await cephAdmin(instance, ['osd', 'pool', 'get', pool, 'all', '-f', 'json']))).toMatchObject({
          size: 3,
          min_size: 2,
          crush_rule: pool,
        });
        const members = JSON.parse(
          await cephAdmin(instance, ['osd', 'crush', 'class', 'ls-osd', pool, '-f', 'json']),
        ) as number[];
        expect(members.length).toBe(3);
      }
      // The region's user sees its pools and may do no more.
      expect(await rbd(instance, 'ls', 'ssd')).toBe('');
      await expect(rbd(instance, 'ls', '.rgw')).rejects.toThrow();
    },
  );
});

describe('[BYD-01] guests on plain tools', () => {
  test(
    '[BYD-01] tiny guests from an RBD clone answer, have name and address, and reach each other over Geneve',
    { timeout: 240_000 },
    async () => {
      await imageImport(instance, await guestImageEnsure(instance, 'tiny'), 'tiny');
      const dhcp = await switchCreate(instance, 'plain', '10.77.0.0/24', '10.77.0.1');
      for (const host of [1, 2]) await guestStart(instance, plain(host), 'tiny', { name: 'plain', dhcp });
      for (const host of [1, 2]) await guestAgentWait(instance, plain(host));
      for (const host of [1, 2])
        expect((await virsh(instance, host, 'domhostname', `plain${host}`, '--source', 'agent')).trim()).toBe(
          `plain${host}`,
        );
      await waitFor('an address by DHCP', 30_000, async () =>
        (await virsh(instance, 1, 'domifaddr', 'plain1', '--source', 'agent')).includes('10.77.0.11/24')
          ? true
          : undefined,
      );
      const reply = await guestRun(1, 'ping -c 3 -W 2 10.77.0.12 && cat /sys/class/net/eth0/mtu');
      expect(reply).toContain(' 0% packet loss');
      expect(reply.trim().split('\n').at(-1)).toBe('1450');
      expect(await onHost(1, 'ovs-appctl', '-t', '/run/openvswitch/ovs-vswitchd.ctl', 'dpif/show')).toContain('geneve');
    },
  );

  test(
    '[BYD-01] a VLAN network reaches from host to host, and not into another VLAN',
    { timeout: 60_000 },
    async () => {
      for (const [vlan, members] of [
        [100, [1, 2]],
        [200, [3]],
      ] as const) {
        await nbctl(instance, 'ls-add', `vlan${vlan}`);
        const uplink = `uplink${vlan}`;
        await nbctl(instance, 'lsp-add', `vlan${vlan}`, uplink, '--', 'lsp-set-type', uplink, 'localnet');
        await nbctl(
          instance,
          'lsp-set-options',
          uplink,
          'network_name=physnet1',
          '--',
          'lsp-set-addresses',
          uplink,
          'unknown',
        );
        await nbctl(instance, 'set', 'logical_switch_port', uplink, `tag=${vlan}`);
        for (const host of members) {
          const mac = `0a:00:00:00:01:0${host}`;
          await nbctl(
            instance,
            'lsp-add',
            `vlan${vlan}`,
            `probe${host}`,
            '--',
            'lsp-set-addresses',
            `probe${host}`,
            `${mac} 10.88.0.1${host}`,
          );
          const nic = [
            'set',
            'interface',
            'probe',
            'type=internal',
            `mac="${mac}"`,
            `external_ids:iface-id=probe${host}`,
          ];
          await onHost(host, 'ovs-vsctl', '--timeout=10', 'add-port', 'br-int', 'probe', '--', ...nic);
          await onHost(host, 'ip', 'addr', 'add', `10.88.0.1${host}/24`, 'dev', 'probe');
          await onHost(host, 'ip', 'link', 'set', 'probe', 'up');
        }
      }
      await waitFor('frames to pass in VLAN 100', 20_000, async () =>
        (await pings(1, '10.88.0.12')) ? true : undefined,
      );
      expect(await pings(1, '10.88.0.13')).toBe(false);
      for (const host of hosts) await onHost(host, 'ovs-vsctl', '--timeout=10', 'del-port', 'br-int', 'probe');
    },
  );

  test('[BYD-01] KVM is used only where a probe guest boots, and is probed once', { timeout: 60_000 }, async () => {
    const { usable, reason } = await kvmProbe(instance);
    expect(reason).toMatch(usable ? /^Guests use KVM/ : /^Guests are emulated \(TCG\): /);
    const from = Date.now();
    expect(await kvmProbe(instance)).toEqual({ usable, reason });
    expect(Date.now() - from).toBeLessThan(1000);
  });

  test('[BYD-01] the ACPI power button shuts a guest down', { timeout: 60_000 }, async () => {
    await virsh(instance, 2, 'shutdown', 'plain2', '--mode', 'acpi');
    await waitFor('the guest to be off', 30_000, async () =>
      (await virsh(instance, 2, 'domstate', 'plain2')).includes('shut off') ? true : undefined,
    );
  });
});

/** Runs a shell line in plainN through the agent. @returns its output */
async function guestRun(host: number, line: string): Promise<string> {
  const agent = async (command: object) =>
    JSON.parse(await virsh(instance, host, 'qemu-agent-command', `plain${host}`, JSON.stringify(command))) as {
      return: { pid: number; exited: boolean; 'out-data'?: string };
    };
  const started = await agent({
    execute: 'guest-exec',
    arguments: { path: '/bin/sh', arg: ['-c', line], 'capture-output': true },
  });
  return waitFor(`${line} in the guest`, 30_000, async () => {
    const status = (await agent({ execute: 'guest-exec-status', arguments: { pid: started.return.pid } })).return;
    return status.exited ? Buffer.from(status['out-data'] ?? '', 'base64').toString() : undefined;
  });
}

describe('[BYD-01] faults', () => {
  test(
    '[BYD-01] a pulled plug takes a host off the network with all its processes, heal brings it back',
    { timeout: 180_000 },
    async () => {
      await faultHostPull(instance, 3);
      expect(hostProcesses(instance, 3)).toEqual([]);
      expect(await pings(1, instanceAddress(instance, 'management', 3))).toBe(false);
      expect(faultList(instance)).toEqual(['pull host3']);
      await faultHeal(instance);
      await waitFor('Ceph to be whole again', 120_000, async () => {
        const status = await cephStatus(instance);
        return status.osdsUp === 6 && status.pgsActive === status.pgs ? true : undefined;
      });
      expect((await labStatus(instance)).state).toBe('up');
      expect(await pings(1, instanceAddress(instance, 'provider', 3))).toBe(true);
    },
  );

  test.each(['to', 'from', 'both'] as const)(
    '[BYD-01] a cut cable (%s) stops answers and heals',
    { timeout: 60_000 },
    async (direction) => {
      const address = instanceAddress(instance, 'provider', 2);
      expect(await pings(1, address)).toBe(true);
      await faultLinkCut(instance, 2, 'provider', direction);
      expect(await pings(1, address)).toBe(false);
      await faultHeal(instance);
      await waitFor('the cable to work', 10_000, async () => ((await pings(1, address)) ? true : undefined));
    },
  );

  test('[BYD-01] a one-way cut is one-way', { timeout: 60_000 }, async () => {
    const received = async () => Number((await onHost(2, 'cat', '/sys/class/net/stor0/statistics/rx_packets')).trim());
    await faultLinkCut(instance, 2, 'storage', 'to');
    const silent = await received();
    expect(await pings(1, instanceAddress(instance, 'storage', 2))).toBe(false);
    expect(await received()).toBe(silent);
    await faultHeal(instance);
  });

  test('[BYD-01] degrading a cable works or says clearly that this kernel cannot', { timeout: 60_000 }, async () => {
    const outcome = await faultLinkDegrade(instance, 1, 'management', { delayMs: 200 }).then(
      () => 'degraded' as const,
      (error: unknown) => error,
    );
    const from = Date.now();
    expect(await pings(1, instanceAddress(instance, 'management', 2))).toBe(true);
    if (outcome === 'degraded') expect(Date.now() - from).toBeGreaterThan(200);
    else {
      expect(outcome).toBeInstanceOf(FaultUnsupportedError);
      expect(String(outcome)).toContain('netem');
    }
    await faultHeal(instance);
  });

  test('[BYD-01] a killed monitor leaves a quorum of two until heal', { timeout: 120_000 }, async () => {
    const quorum = async () =>
      (JSON.parse(await cephAdmin(instance, ['quorum_status', '-f', 'json'])) as { quorum_names: string[] })
        .quorum_names;
    await faultMonKill(instance, 1);
    await waitFor(
      'a quorum without host1',
      60_000,
      async () => ((await quorum()).join() === 'host2,host3' ? true : undefined),
      500,
    );
    await faultHeal(instance);
    await waitFor('the full quorum', 60_000, async () => ((await quorum()).length === 3 ? true : undefined), 500);
  });

  test('[BYD-01] a frozen process hangs and a killed OSD stays down until heal', { timeout: 120_000 }, async () => {
    await faultProcessFreeze(instance, 'host1.libvirtd');
    const { code } = await commandTry(
      hostCommand(instance, 1, ['timeout', '2', 'virsh', '-c', 'qemu:///system', 'list']),
    );
    expect(code).toBe(124);
    await faultOsdKill(instance, 2);
    await waitFor(
      'Ceph to notice',
      60_000,
      async () => ((await cephStatus(instance)).osdsUp === 5 ? true : undefined),
      500,
    );
    expect(faultList(instance)).toEqual(['freeze host1.libvirtd', 'halt host2.osd.2']);
    await faultHeal(instance);
    await virsh(instance, 1, 'list');
    await waitFor(
      'the OSD to be back',
      60_000,
      async () => ((await cephStatus(instance)).osdsUp === 6 ? true : undefined),
      500,
    );
  });
});

describe('[BYD-01] down and up again', () => {
  test('[BYD-01] down ends guests too and leaves nothing', { timeout: 120_000 }, async () => {
    expect(hostGuests(instance, 1).length).toBe(1);
    await labDown(instance);
    expect(await traces()).toEqual(before);
    await labDown(instance);
  });

  test('[BYD-01] the next up has images, definitions and networks as they were', { timeout: 180_000 }, async () => {
    await labUp(instance);
    expect((await rbd(instance, 'ls', 'ssd')).trim().split('\n').sort()).toEqual(['plain1', 'plain2', 'tiny']);
    expect(await virsh(instance, 1, 'list', '--all', '--name')).toContain('plain1');
    await virsh(instance, 1, 'start', 'plain1');
    await guestAgentWait(instance, plain(1));
  });

  test(
    '[BYD-01] after .run was deleted under a running lab, up cleans up and starts anew',
    { timeout: 240_000 },
    async () => {
      rmSync(instance.runDir, { recursive: true });
      const again = await instanceOpen(checkout);
      expect(again.id).toBe(instance.id);
      expect(await labUp(instance)).toMatchObject({ osdsUp: 6, pgs: 32, pgsActive: 32 });
      expect(await rbd(instance, 'ls', 'ssd')).toBe('');
    },
  );

  test('[BYD-01] after the supervisor was killed, up works and down leaves nothing', { timeout: 240_000 }, async () => {
    const kill = () => {
      const daemon = supervisorRecord(instance)?.daemon;
      if (daemon === undefined) throw new Error('no supervisor');
      processSignal(daemon, 'SIGKILL');
    };
    kill();
    await labUp(instance);
    expect((await labStatus(instance)).state).toBe('up');
    kill();
    await labDown(instance);
    expect(await traces()).toEqual(before);
  });
});
