import { execFile, spawn } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { CephClient, type CephError, imageInspect, type ImportProgress } from '../src/index.ts';
import { eventually, startCeph, type ThrowawayCeph } from './throwaway-ceph.ts';

const exec = promisify(execFile);
const MIB = 1024 * 1024;

describe('a real Ceph', () => {
  let ceph: ThrowawayCeph;
  let admin: CephClient;

  beforeAll(async () => {
    ceph = await startCeph();
    admin = new CephClient({ conf: ceph.conf, user: 'admin' }, { sidecar: false });
    await admin.cluster.poolEnsure({ name: 'rbd', pgCount: 8, replicas: 1, deviceClass: 'ssd', failureDomain: 'osd' });
  });
  afterAll(async () => {
    await admin?.close();
    await ceph?.stop();
  });

  it('[STO-03] makes a pool and a user limited to it, and repeating changes nothing', async () => {
    const spec = { name: 'rbd', pgCount: 8, replicas: 1, deviceClass: 'ssd', failureDomain: 'osd' };
    const pool = await admin.cluster.poolEnsure(spec);
    expect(pool).toMatchObject({ name: 'rbd', replicas: 1, applications: ['rbd'], crushRule: 'basalt-ssd-osd' });
    await expect(admin.cluster.poolGet('none')).rejects.toMatchObject({ kind: 'not-found' });
    const caps = { mon: 'profile rbd', osd: 'profile rbd pool=rbd' };
    const first = await admin.cluster.authEnsure('client.basalt', { ...caps, osd: 'profile rbd' });
    const second = await admin.cluster.authEnsure('client.basalt', caps);
    expect(second).toMatchObject({ entity: 'client.basalt', key: first.key, caps });
    const keyring = join(ceph.dir, 'basalt.keyring');
    await writeFile(keyring, `[client.basalt]\n\tkey = ${first.key}\n`, { mode: 0o600 });
    await ceph.run('ceph', 'osd', 'pool', 'create', 'other', '1');
    const limited = new CephClient({ conf: ceph.conf, user: 'basalt', keyring });
    try {
      await limited.rbd.imageCreate({ pool: 'rbd', image: 'mine' }, MIB);
      expect(limited.helperPid).toBeGreaterThan(1);
      await expect(limited.rbd.imageCreate({ pool: 'other', image: 'not-mine' }, MIB)).rejects.toMatchObject({
        kind: 'permission',
      });
      await limited.rbd.imageRemove({ pool: 'rbd', image: 'mine' });
      expect((await limited.cluster.status()).osds.up).toBe(1);
      expect((await limited.cluster.usage()).pools.map((found) => found.name)).toContain('rbd');
      const source = join(ceph.dir, 'mine.qcow2');
      await exec('qemu-img', ['create', '-f', 'qcow2', source, '4M']);
      await limited.rbd.importFile({ pool: 'rbd', image: 'mine' }, source, 'qcow2');
      expect((await limited.rbd.imageInfo({ pool: 'rbd', image: 'mine' })).size).toBe(4 * MIB);
      await limited.rbd.imageRemove({ pool: 'rbd', image: 'mine' });
      await expect(limited.cluster.osdList()).rejects.toMatchObject({ kind: 'permission' });
      // The manager's answers (OSD usage) need a cap of their own.
      await admin.cluster.authEnsure('client.basalt', { ...caps, mgr: 'allow r' });
      const reader = new CephClient({ conf: ceph.conf, user: 'basalt', keyring }, { sidecar: false });
      expect(await reader.cluster.osdList()).toHaveLength(1);
    } finally {
      await limited.close();
    }
  });

  describe.each(['sidecar', 'cli'] as const)('by %s', (way) => {
    let client: CephClient;
    const ref = (image: string) => ({ pool: 'rbd', image: `${way}-${image}` });

    beforeAll(async () => {
      client = new CephClient({ conf: ceph.conf, user: 'admin' }, way === 'cli' ? { sidecar: false } : {});
      expect(await client.warmUp()).toBe(way === 'sidecar');
    });
    afterAll(() => client.close());

    it('[STO-01] tells state, health, capacity, OSDs, monitors, pools', async () => {
      expect(await client.cluster.status()).toMatchObject({
        osds: { total: 1, up: 1, in: 1 },
        monitors: { inQuorum: ['a'] },
      });
      const health = await client.cluster.health();
      expect(health.checks.every((check) => check.summary !== '' && check.details.length > 0)).toBe(true);
      const usage = await client.cluster.usage();
      expect(usage.pools.map((pool) => pool.name)).toContain('rbd');
      expect(usage.total).toBe(16 * 1024 * MIB);
      expect(await client.cluster.osdList()).toMatchObject([
        { id: 0, host: 'node1', deviceClass: 'ssd', up: true, in: true },
      ]);
      expect(await client.cluster.monitorList()).toMatchObject([{ name: 'a', rank: 0, inQuorum: true }]);
    });

    it('[STO-03] fences an address and reads it back', async () => {
      const entry = await client.cluster.blocklistAdd('10.9.9.9', 3_600_000);
      expect(entry.address).toBe('10.9.9.9:0/0');
      expect(Date.parse(entry.until)).toBeGreaterThan(Date.now() + 3_000_000);
      await client.cluster.blocklistRemove('10.9.9.9');
      await client.cluster.blocklistRemove('10.9.9.9');
      expect(await client.cluster.blocklistList()).toEqual([]);
      await expect(client.cluster.blocklistAdd('--help', 1000)).rejects.toMatchObject({ kind: 'invalid' });
    });

    it('[IMG-03] creates, snapshots, clones, grows, flattens and removes images', async () => {
      await client.rbd.imageCreate(ref('base'), 64 * MIB);
      await expect(client.rbd.imageCreate(ref('base'), MIB)).rejects.toMatchObject({ kind: 'exists' });
      await expect(client.rbd.imageInfo(ref('none'))).rejects.toMatchObject({ kind: 'not-found' });
      await client.rbd.snapCreate({ ...ref('base'), snap: 's' });
      await expect(client.rbd.snapCreate({ ...ref('base'), snap: 's' })).rejects.toMatchObject({ kind: 'exists' });
      await client.rbd.snapProtect({ ...ref('base'), snap: 's' });
      expect(await client.rbd.snapList(ref('base'))).toMatchObject([{ name: 's', size: 64 * MIB, protected: true }]);
      await client.rbd.imageClone({ ...ref('base'), snap: 's' }, ref('vm'));
      const info = await client.rbd.imageInfo(ref('vm'));
      expect(info).toMatchObject({
        size: 64 * MIB,
        objectSize: 4 * MIB,
        snapshotCount: 0,
        parent: { pool: 'rbd', image: `${way}-base`, snap: 's', trashed: false },
      });
      expect(info.features).toContain('exclusive-lock');
      expect(Math.abs(Date.parse(info.createdAt) - Date.now())).toBeLessThan(60_000);
      expect(await client.rbd.imageChildren({ ...ref('base'), snap: 's' })).toEqual([ref('vm')]);
      await expect(client.rbd.imageRemove(ref('base'))).rejects.toMatchObject({ kind: 'busy' });
      await client.rbd.imageGrow(ref('vm'), 96 * MIB);
      await client.rbd.imageGrow(ref('vm'), 96 * MIB);
      await expect(client.rbd.imageGrow(ref('vm'), 32 * MIB)).rejects.toMatchObject({ kind: 'refused' });
      expect((await client.rbd.imageInfo(ref('vm'))).size).toBe(96 * MIB);
      expect(await client.rbd.imageUsage(ref('vm'))).toMatchObject([{ provisioned: 96 * MIB, used: 0 }]);
      await client.rbd.imageFlatten(ref('vm'));
      expect((await client.rbd.imageInfo(ref('vm'))).parent).toBeNull();
      await client.rbd.snapUnprotect({ ...ref('base'), snap: 's' });
      // A clone of format 2 needs no protected snapshot, and outlives it.
      await client.rbd.imageClone({ ...ref('base'), snap: 's' }, ref('late'));
      await client.rbd.snapRemove({ ...ref('base'), snap: 's' });
      expect(await client.rbd.snapList(ref('base'))).toEqual([]);
      expect((await client.rbd.imageInfo(ref('late'))).parent).toMatchObject({ image: `${way}-base` });
      await client.rbd.imageRemove(ref('late'));
      await client.rbd.imageRemove(ref('vm'));
      await client.rbd.imageRemove(ref('base'));
      expect((await client.rbd.imageList('rbd')).filter((name) => name.startsWith(way))).toEqual([]);
    });

    it('[STO-03] sees who has an image open and then neither trashes nor removes it', async () => {
      await client.rbd.imageCreate(ref('open'), 8 * MIB);
      const holder = fileURLToPath(new URL('hold-image.py', import.meta.url));
      const io = spawn('/usr/bin/python3', [holder, ceph.conf, 'rbd', `${way}-open`], {
        stdio: ['pipe', 'ignore', 'ignore'],
      });
      const gone = new Promise((resolve) => io.once('exit', resolve));
      try {
        const [watcher] = await eventually(
          async () => {
            const seen = await client.rbd.imageWatchers(ref('open'));
            return seen.length > 0 && (await client.rbd.imageLocks(ref('open'))).length > 0 ? seen : undefined;
          },
          'the writer is seen',
          20_000,
        );
        expect(watcher?.address).toMatch(/^127\.0\.0\.1:\d+\/\d+$/);
        expect(watcher?.client).toMatch(/^client\.\d+$/);
        await expect(client.rbd.trashMove(ref('open'))).rejects.toMatchObject({ kind: 'busy' });
        await expect(client.rbd.imageRemove(ref('open'))).rejects.toMatchObject({ kind: 'busy' });
      } finally {
        io.stdin.end();
        await gone;
      }
      await eventually(async () => (await client.rbd.imageWatchers(ref('open'))).length === 0, 'it is closed', 40_000);
      await client.rbd.trashMove(ref('open'), { deferMs: 3_600_000 });
      const [entry] = await client.rbd.trashList('rbd');
      expect(entry).toMatchObject({ name: `${way}-open` });
      expect(Date.parse(entry?.deferUntil ?? '')).toBeGreaterThan(Date.now() + 3_000_000);
      await expect(client.rbd.trashRemove('rbd', entry?.id ?? '')).rejects.toMatchObject({ kind: 'busy' });
      await client.rbd.trashRestore('rbd', entry?.id ?? '', { name: `${way}-back` });
      await client.rbd.trashMove(ref('back'));
      const [again] = await client.rbd.trashList('rbd');
      await client.rbd.trashRemove('rbd', again?.id ?? '');
      expect(await client.rbd.trashList('rbd')).toEqual([]);
    });
  });

  it('[IMG-02] imports a qcow2 and a raw stream with progress, and leaves nothing after an abort', async () => {
    const raw = join(ceph.dir, 'disk.raw');
    const qcow2 = join(ceph.dir, 'disk.qcow2');
    const content = randomBytes(24 * MIB);
    await writeFile(raw, content);
    await exec('qemu-img', ['convert', '-f', 'raw', '-O', 'qcow2', raw, qcow2]);
    const inspected = await imageInspect(qcow2, 'qcow2');
    expect(inspected).toMatchObject({ ok: true, format: 'qcow2', virtualSize: content.length });
    const progress: ImportProgress[] = [];
    const onProgress = (step: ImportProgress) => void progress.push(step);
    await admin.rbd.importFile({ pool: 'rbd', image: 'imported' }, qcow2, 'qcow2', {
      onProgress,
      total: content.length,
    });
    expect(progress.at(-1)).toEqual({ done: content.length, total: content.length });
    const source = Readable.from([content.subarray(0, 9 * MIB), content.subarray(9 * MIB)]);
    await admin.rbd.importStream({ pool: 'rbd', image: 'streamed' }, source, content.length);
    for (const image of ['imported', 'streamed']) {
      const out = join(ceph.dir, image);
      await ceph.run('rbd', 'export', '--no-progress', `rbd/${image}`, out);
      await exec('cmp', [raw, out]);
      await admin.rbd.imageRemove({ pool: 'rbd', image });
    }
    const abort = new AbortController();
    const endless = new Readable({
      read() {
        this.push(content);
        setImmediate(() => abort.abort());
      },
    });
    const aborted = admin.rbd.importStream({ pool: 'rbd', image: 'aborted' }, endless, 1 << 40, {
      signal: abort.signal,
    });
    await expect(aborted).rejects.toMatchObject({ kind: 'aborted' });
    await admin.rbd.imageCreate({ pool: 'rbd', image: 'taken' }, MIB);
    const taken = admin.rbd.importFile({ pool: 'rbd', image: 'taken' }, qcow2, 'qcow2');
    await expect(taken).rejects.toMatchObject({ kind: 'exists' });
    const left = await admin.rbd.imageList('rbd');
    expect(left.filter((name) => ['taken', 'aborted', 'imported', 'streamed'].includes(name))).toEqual(['taken']);
    await admin.rbd.imageRemove({ pool: 'rbd', image: 'taken' });
  });

  it('[STO-03] replaces a crashed helper, and in between uses the command line', async () => {
    const client = new CephClient({ conf: ceph.conf, user: 'admin' });
    try {
      await client.warmUp();
      const first = client.helperPid;
      const pending = client.cluster.status();
      process.kill(first ?? 0, 'SIGKILL');
      const outcome = await pending.then(
        () => 'answered',
        (error: CephError) => error.kind,
      );
      expect(['answered', 'crashed']).toContain(outcome);
      expect((await client.cluster.status()).osds.up).toBe(1);
      await eventually(async () => (await client.warmUp()) && client.helperPid !== first, 'a new helper', 10_000);
    } finally {
      await client.close();
    }
  });

  it('[STO-03] keeps its deadline when the OSD does not answer', async () => {
    const client = new CephClient({ conf: ceph.conf, user: 'admin' });
    await client.warmUp();
    ceph.osdFreeze(true);
    try {
      for (const one of [client, admin]) {
        const started = performance.now();
        await expect(one.rbd.imageList('rbd', { timeoutMs: 700 })).rejects.toMatchObject({ kind: 'timeout' });
        expect(performance.now() - started).toBeLessThan(3000);
      }
    } finally {
      ceph.osdFreeze(false);
      await client.close();
    }
  });
});
