import { existsSync } from 'node:fs';
import { readFile, readdir, writeFile } from 'node:fs/promises';
import { connect } from 'node:net';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest';
import { DISK_DEFAULTS, deviceToXml, metadataXml } from '../src/index.ts';
import {
  type DomainModel,
  type HostEvent,
  LibvirtHost,
  domainFromXml,
  domainModel,
  domainToXml,
} from '../src/index.ts';
import { type PrivateLibvirtd, eventually, qemuLibvirtd } from './private-libvirtd.ts';

// Real daemons on a busy machine.
vi.setConfig({ testTimeout: 60_000, hookTimeout: 60_000 });

/** The real QEMU driver as root, in namespaces of its own; guests without a disk under TCG. */
describe('against the QEMU driver', () => {
  const uuid = '0190b2b0-7c00-7000-8000-0000000000a1';
  const events: HostEvent[] = [];
  let libvirtd: PrivateLibvirtd;
  let host: LibvirtHost;
  let model: DomainModel;

  beforeAll(async () => {
    libvirtd = await qemuLibvirtd();
    host = new LibvirtHost({
      target: { kind: 'unix', path: libvirtd.socket },
      monitorEvents: ['STOP', 'RESUME', 'RESET'],
    });
    host.subscribe((event) => events.push(event));
    await host.connect();
    model = domainModel({
      type: 'qemu',
      uuid,
      name: 'guest <1>',
      title: 'quotes " and \' and ]]>',
      memory: 64 * 2 ** 20,
      vcpus: { current: 1, max: 2 },
      cpu: { mode: 'custom', model: 'qemu64', features: [] },
      metadata: { vmId: uuid, epoch: 1 },
      graphics: { socket: join(libvirtd.dir, 'vnc.sock') },
      serials: [
        { backend: { type: 'pty' }, logFile: null },
        {
          backend: { type: 'unix', path: join(libvirtd.dir, 'serial.sock') },
          logFile: join(libvirtd.dir, 'serial.log'),
        },
      ],
      watchdog: { model: 'i6300esb', action: 'reset' },
    });
  });

  afterAll(async () => {
    await host?.close();
    await libvirtd?.stop();
  });

  const heard = <T extends HostEvent['type']>(type: T): Extract<HostEvent, { type: T }>[] =>
    events.filter((event): event is Extract<HostEvent, { type: T }> => event.type === type);

  test('[HOST-02] has a QEMU that can run our machine', async () => {
    expect(await host.client.hypervisorVersion()).toMatch(/^\d+\.\d+\.\d+$/);
    const xml = await host.client.domainCapabilitiesXml({ type: 'qemu', machine: 'q35', arch: 'x86_64' });
    expect(xml).toContain('<domain>qemu</domain>');
    const memory = await host.client.nodeMemoryStats();
    expect(memory['total']).toBeGreaterThan(memory['free'] ?? 0);
    expect(Object.keys(await host.client.nodeCpuStats())).toContain('idle');
    // The first question makes libvirt probe QEMU, which takes seconds.
  });

  test('[VM-01] libvirt accepts our XML by its own schema and gives the same model back', async () => {
    const handle = await host.client.domainDefine(domainToXml(model), { validate: true });
    expect(handle).toEqual({ uuid, name: 'guest <1>', id: null });
    expect(domainFromXml(await host.client.domainGetXml(uuid, { inactive: true }))).toEqual(model);
  });

  test('[VM-01] everything the model can say goes through libvirt and comes back', async () => {
    const other = '0190b2b0-7c00-7000-8000-0000000000a2';
    const rbd = {
      type: 'rbd' as const,
      pool: 'ssd',
      namespace: null,
      image: 'vm-1',
      snapshot: null,
      monitors: [
        { host: '10.0.0.1', port: 6789 },
        { host: '10.0.0.2', port: null },
      ],
      auth: { user: 'basalt', secretUuid: '0190b2b0-7c00-7000-8000-0000000000c1' },
    };
    const nic = {
      mac: '52:54:00:00:00:01',
      bridge: 'br-int',
      interfaceId: other,
      model: 'virtio' as const,
      mtu: 1442,
      queues: 2,
      linkUp: false,
      offloads: 'off' as const,
      device: 'tap0190b2b0',
      bootOrder: 3,
    };
    const rich: DomainModel = {
      ...model,
      uuid: other,
      name: 'rich',
      memory: 2 ** 30,
      maxMemory: { bytes: 2 ** 32, slots: 8 },
      vcpus: { current: 2, max: 8 },
      cpu: { mode: 'custom', model: 'Haswell', features: [{ name: 'hle', policy: 'disable' }] },
      topology: { sockets: 2, cores: 2, threads: 2 },
      bootMenuTimeout: 3000,
      clock: 'localtime',
      onCrash: 'restart',
      disks: [
        {
          ...DISK_DEFAULTS,
          target: 'vda',
          bootOrder: 1,
          serial: 'SYSTEM-1',
          source: rbd,
          iotune: { totalIops: 100, readBytes: 2 ** 20 },
        },
        {
          ...DISK_DEFAULTS,
          target: 'sdb',
          bus: 'scsi',
          shareable: true,
          source: { ...rbd, namespace: 'n', snapshot: 's' },
          readonly: true,
        },
      ],
      cdroms: [{ target: 'sda', source: { ...rbd, image: 'iso' }, bootOrder: 2 }],
      interfaces: [
        nic,
        {
          ...nic,
          mac: '52:54:00:00:00:02',
          offloads: 'default',
          queues: null,
          device: null,
          bootOrder: null,
          linkUp: true,
          mtu: null,
          model: 'e1000e',
        },
      ],
      tablet: 'virtio',
      video: 'virtio',
    };
    await host.client.domainDefine(domainToXml(rich), { validate: true });
    expect(domainFromXml(await host.client.domainGetXml(other, { inactive: true }))).toEqual(rich);
    await host.client.domainUndefine(other);
  });

  test.each([false, true])(
    '[VM-01] boots by UEFI, secure boot %s, and takes its variables along',
    async (secureBoot) => {
      const other = '0190b2b0-7c00-7000-8000-0000000000a3';
      const nvramPath = join(libvirtd.dir, `vars-${secureBoot}.fd`);
      const efi: DomainModel = {
        ...model,
        uuid: other,
        name: 'efi',
        firmware: { type: 'efi', secureBoot, nvramPath },
        graphics: { socket: null },
        serials: [],
      };
      await host.client.domainDefine(domainToXml(efi), { validate: true });
      await host.client.domainCreate(other, { paused: true });
      expect(domainFromXml(await host.client.domainGetXml(other, { inactive: true })).firmware).toEqual(efi.firmware);
      expect(existsSync(nvramPath)).toBe(true);
      await host.client.domainDestroy(other);
      await expect(host.client.domainUndefine(other)).rejects.toMatchObject({ codeName: 'VIR_ERR_OPERATION_INVALID' });
      await host.client.domainUndefine(other, { nvram: true });
      expect(existsSync(nvramPath)).toBe(false);
    },
  );

  test('[VM-26] starts, and what runs is what was defined', async () => {
    const handle = await host.client.domainCreate(uuid, { paused: true });
    expect(handle.id).not.toBeNull();
    expect(await host.client.domainGetState(uuid)).toMatchObject({ state: 'paused', reasonName: 'user' });
    await host.client.domainResume(uuid);
    // The running description lists what the CPU model stands for.
    expect({ ...domainFromXml(await host.client.domainGetXml(uuid)), cpu: model.cpu }).toEqual(model);
    await eventually('events', () => heard('lifecycle').length >= 3 && heard('monitor').length >= 1);
    expect(heard('lifecycle').map(({ event }) => event)).toEqual(
      expect.arrayContaining(['defined', 'started', 'resumed']),
    );
    expect(heard('monitor').map(({ event }) => event)).toContain('RESUME');
  });

  test('[MON-03] gives statistics of all domains as numbers', async () => {
    const [one] = await host.client.domainStats({}, { active: true, nowait: true });
    expect(one?.domain).toMatchObject({ uuid });
    expect(one?.stats).toMatchObject({
      'state.state': 1,
      'vcpu.current': 1,
      'vcpu.maximum': 2,
      'balloon.current': 65_536,
    });
    expect(one?.stats['cpu.time']).toBeGreaterThan(0);
  });

  test('[VM-15] shows its screen, and VNC only on the unix socket', async () => {
    const { mime, data } = await host.client.domainScreenshot(uuid);
    expect(mime).toMatch(/^image\//);
    expect(data.length).toBeGreaterThan(500);
    const socket = connect({ path: join(libvirtd.dir, 'vnc.sock') });
    const greeting = await new Promise((resolve, reject) => socket.once('data', resolve).once('error', reject));
    socket.destroy();
    expect(String(greeting)).toMatch(/^RFB 003\./);
  });

  test('[VM-26] talks to QEMU’s monitor, and a refusal there is an error here', async () => {
    expect(await host.client.monitorCommand(uuid, 'query-status')).toMatchObject({ status: 'running', running: true });
    await expect(host.client.monitorCommand(uuid, 'no-such-command')).rejects.toMatchObject({
      name: 'QmpError',
      errorClass: 'CommandNotFound',
    });
  });

  test('[VM-24] says that no agent answers, in libvirt’s words', async () => {
    const refusal = host.client.agentCommand(uuid, 'guest-ping', undefined, { answerSeconds: 1 });
    await expect(refusal).rejects.toMatchObject({ codeName: 'VIR_ERR_AGENT_UNRESPONSIVE' });
    await expect(host.client.interfaceAddresses(uuid, 'agent')).rejects.toMatchObject({ kind: 'remote' });
  });

  test('[VM-05] plugs in a disk, limits it, grows it', async () => {
    const path = join(libvirtd.dir, 'data.raw');
    await writeFile(path, Buffer.alloc(2 ** 20));
    const disk = {
      ...DISK_DEFAULTS,
      target: 'vdb',
      cache: 'writeback' as const,
      source: { type: 'file' as const, path },
    };
    const tuned = { ...disk, iotune: { totalIops: 100, totalBytes: 2 ** 20 } };
    await host.client.domainAttachDevice(uuid, deviceToXml({ kind: 'disk', disk }), { live: true });
    await eventually('device-added', () => heard('device-added').length > 0);
    await host.client.domainSetBlockIoTune(uuid, 'vdb', tuned.iotune, { live: true });
    await host.client.domainBlockResize(uuid, 'vdb', 2 ** 21);
    expect(await host.client.domainBlockInfo(uuid, 'vdb')).toMatchObject({ capacity: 2 ** 21 });
    expect(domainFromXml(await host.client.domainGetXml(uuid)).disks).toMatchObject([tuned]);
    expect(domainFromXml(await host.client.domainGetXml(uuid, { inactive: true })).disks).toEqual([]);
  });

  test('[VM-05] puts a medium into the drive and takes it out', async () => {
    const path = join(libvirtd.dir, 'seed.iso');
    await writeFile(path, Buffer.alloc(2 ** 16));
    const media = async () => domainFromXml(await host.client.domainGetXml(uuid)).cdroms.map(({ source }) => source);
    for (const source of [{ type: 'file' as const, path }, null]) {
      const xml = deviceToXml({ kind: 'cdrom', cdrom: { target: 'sda', source, bootOrder: null } });
      await host.client.domainUpdateDevice(uuid, xml, { live: true });
      expect(await media()).toEqual([source]);
    }
  });

  test('[VM-15] opens the serial console, and again after it was given up', async () => {
    for (let i = 0; i < 2; i++) {
      const console = await host.client.domainOpenConsole(uuid, { device: 'serial0', force: true });
      await new Promise((resolve, reject) => {
        console.write('root\n', (error) => (error ? reject(error) : resolve(undefined)));
      });
      console.destroy();
    }
    await expect(host.client.domainOpenConsole(uuid, { device: 'serial9' })).rejects.toMatchObject({ kind: 'remote' });
  });

  test('[VM-05] changes memory, metadata and keys while it runs', async () => {
    await host.client.domainSetMetadata(uuid, metadataXml({ vmId: uuid, epoch: 7 }), { live: true, config: true });
    expect(domainFromXml(await host.client.domainGetXml(uuid)).metadata).toEqual({ vmId: uuid, epoch: 7 });
    await host.client.domainSetMemory(uuid, 48 * 2 ** 20, { live: true });
    await host.client.domainSendKey(uuid, [29, 56, 111]);
    await host.client.domainReset(uuid);
    await eventually('reset', () => heard('monitor').some(({ event }) => event === 'RESET'));
  });

  test('[HOST-01] a guest outlives its libvirtd, and we find it again', async () => {
    const before = heard('resync').length;
    await libvirtd.restart();
    await eventually('resync', () => heard('resync').length > before);
    expect(heard('resync').at(-1)?.domains).toMatchObject([{ uuid, state: 'running' }]);
  });

  test('[TASK-02] a daemon that says nothing runs into the deadline, and is found dead by keepalive', async () => {
    const quick = new LibvirtHost({
      target: { kind: 'unix', path: libvirtd.socket },
      keepalive: { intervalMs: 100, count: 2 },
    });
    const down: HostEvent[] = [];
    quick.subscribe((event) => down.push(event));
    await quick.connect();
    libvirtd.freeze();
    try {
      await expect(quick.client.domainGetInfo(uuid, { timeoutMs: 50 })).rejects.toMatchObject({ kind: 'timeout' });
      await eventually('loss', () => down.some(({ type }) => type === 'disconnected'), 5_000);
    } finally {
      libvirtd.thaw();
    }
    expect((await quick.client.domainGetInfo(uuid)).state).toBe('running');
    await quick.close();
  });

  test('[TASK-02] a guest that hangs takes its calls with it, not the connection', async () => {
    const quick = new LibvirtHost({
      target: { kind: 'unix', path: libvirtd.socket },
      keepalive: { intervalMs: 250, count: 4 },
    });
    const heardHere: HostEvent['type'][] = [];
    quick.subscribe(({ type }) => heardHere.push(type));
    await quick.connect();
    // By its ending: libvirt escapes the name in this file's name as if it were XML.
    const runDir = `/proc/${libvirtd.pid()}/root/run/libvirt/qemu`;
    const pidFile = (await readdir(runDir)).find((name) => /^guest.*\.pid$/.test(name)) ?? '';
    const qemu = Number(await readFile(join(runDir, pidFile), 'utf8'));
    expect(qemu).toBeGreaterThan(1);
    process.kill(qemu, 'SIGSTOP');
    try {
      // More than libvirtd takes at once: with five at the server it would stop reading, and keepalive would fail.
      const calls = Array.from({ length: 6 }, () =>
        quick.client.monitorCommand(uuid, 'query-status', undefined, { timeoutMs: 2_000 }),
      );
      const outcomes = (await Promise.allSettled(calls)).map((one) => (one.status === 'rejected' ? one.reason : one));
      expect(outcomes).toMatchObject(Array(6).fill({ kind: 'timeout' }));
      expect(quick.connected).toBe(true);
    } finally {
      process.kill(qemu, 'SIGCONT');
    }
    expect(await quick.client.monitorCommand(uuid, 'query-status')).toMatchObject({ running: true });
    expect(heardHere).not.toContain('disconnected');
    await quick.close();
  });

  test('[VM-26] saves to disk and goes on from there', async () => {
    await host.client.domainManagedSave(uuid);
    expect(await host.client.domainHasManagedSave(uuid)).toBe(true);
    expect(await host.client.domainGetState(uuid)).toMatchObject({ state: 'shutoff' });
    await host.client.domainCreate(uuid);
    expect(await host.client.domainHasManagedSave(uuid)).toBe(false);
    expect(await host.client.domainGetState(uuid)).toMatchObject({ state: 'running' });
  });

  test('[VM-05] keeps a Ceph key without giving it back', async () => {
    const secret = '0190b2b0-7c00-7000-8000-0000000000c1';
    expect(await host.client.secretDefineCeph({ uuid: secret, name: 'client.test' })).toBe(secret);
    await host.client.secretSetValue(secret, Buffer.from('key'));
    expect(await host.client.secretExists(secret)).toBe(true);
    await host.client.secretUndefine(secret);
    expect(await host.client.secretExists(secret)).toBe(false);
  });

  test('[VM-26] stops, is undefined, and leaves nothing', async () => {
    await host.client.domainDestroy(uuid);
    await eventually('stopped', () => heard('lifecycle').some(({ event }) => event === 'stopped'));
    await host.client.domainUndefine(uuid, { managedSave: true, nvram: true, snapshotsMetadata: true });
    expect(await host.client.domainList()).toEqual([]);
    await expect(host.client.domainCreate(uuid)).rejects.toMatchObject({ codeName: 'VIR_ERR_NO_DOMAIN' });
  });
});
