import { readFileSync } from 'node:fs';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { CephClient } from '../src/index.ts';
import { execTool, type Exec, type ExecRequest, type ExecResult } from '../src/exec.ts';
import { ProgressReader } from '../src/progress.ts';

/** Recorded from Ceph 16.2.15. */
const fixture = (name: string): string => readFileSync(new URL(`fixtures/${name}`, import.meta.url), 'utf8');

function clientOf(answer: string | Partial<ExecResult>) {
  const calls: ExecRequest[] = [];
  const exec: Exec = (request) => {
    calls.push(request);
    const result = typeof answer === 'string' ? { stdout: answer } : answer;
    return Promise.resolve({ code: 0, stdout: '', stderr: '', ...result });
  };
  return {
    client: new CephClient({ conf: '/etc/c.conf', user: 'basalt', keyring: '/k' }, { sidecar: false, exec }),
    calls,
  };
}

const vm = { pool: 'ssd', image: 'vm' };

describe('command line calls', () => {
  it('[STO-01] reads recorded answers', async () => {
    expect(await clientOf(fixture('info.json')).client.rbd.imageInfo(vm)).toEqual({
      id: '1045892feb1c',
      name: 'c1',
      size: 67_108_864,
      objectSize: 4_194_304,
      features: ['layering', 'exclusive-lock', 'object-map', 'fast-diff', 'deep-flatten', 'operations'],
      createdAt: '2026-11-20T13:25:50.000Z',
      snapshotCount: 0,
      parent: { pool: 'rbd', image: 'base', snap: 's1', trashed: false },
    });
    expect(await clientOf(fixture('snap-ls.json')).client.rbd.snapList(vm)).toMatchObject([
      { name: 's1', protected: false },
    ]);
    expect(await clientOf(fixture('trash-ls.json')).client.rbd.trashList('ssd')).toMatchObject([
      { name: 't1', deferUntil: '2026-12-31T23:59:59.000Z' },
    ]);
    expect(await clientOf(fixture('osd-blocklist-ls.txt')).client.cluster.blocklistList()).toEqual([
      { address: '10.0.0.9:0/0', until: '2026-11-20T14:25:52.432Z' },
    ]);
    expect(await clientOf(fixture('health-detail.json')).client.cluster.health()).toMatchObject({
      status: 'HEALTH_WARN',
      checks: [{ code: 'AUTH_INSECURE_GLOBAL_ID_RECLAIM_ALLOWED' }, { details: ['mon.a has 30% avail'] }],
    });
    expect(await clientOf(fixture('status.json')).client.cluster.status()).toMatchObject({
      monitors: { total: 1, inQuorum: ['a'] },
      bytes: { total: 17_179_869_184, used: 304_308_224 },
      degradedRatio: 0,
    });
    expect(await clientOf(fixture('osd-df-tree.json')).client.cluster.osdList()).toMatchObject([
      { id: 0, host: 'node1', deviceClass: 'ssd', up: true, in: true, size: 17_179_869_184, placementGroups: 9 },
    ]);
  });

  it('[STO-01] says who it is, in argv only, and demands the shape it knows', async () => {
    const { client, calls } = clientOf('{"watchers":[]}');
    await client.rbd.imageWatchers(vm);
    expect(calls[0]).toMatchObject({
      tool: 'rbd',
      args: ['--conf', '/etc/c.conf', '--id', 'basalt', '--keyring', '/k', 'status', 'ssd/vm', '--format', 'json'],
    });
    expect(calls[0]?.timeoutMs).toBeGreaterThan(0);
    await expect(clientOf('{"watchers":7}').client.rbd.imageWatchers(vm)).rejects.toMatchObject({ kind: 'protocol' });
    await expect(clientOf('oops').client.rbd.imageWatchers(vm)).rejects.toMatchObject({ kind: 'protocol' });
  });

  it.each([
    [2, 'rbd: error opening image nope: (2) No such file or directory', 'not-found'],
    [17, 'rbd: create error: (17) File exists', 'exists'],
    [
      39,
      "rbd: image has snapshots - these must be deleted with 'rbd snap purge' before the image can be removed.",
      'busy',
    ],
    [16, 'rbd: error: image still has watchers', 'busy'],
    [1, "rbd: couldn't connect to the cluster!", 'unreachable'],
    [28, 'rbd: No space left on device', 'no-space'],
    [13, 'Error EACCES: access denied', 'permission'],
    [108, 'rbd: error', 'blocklisted'],
    [99, 'something else', 'failed'],
  ])('[STO-01] exit %i, "%s" is %s', async (code, stderr, kind) => {
    await expect(clientOf({ code, stderr }).client.rbd.imageInfo(vm)).rejects.toMatchObject({ kind, code, stderr });
  });

  it('[STO-01] refuses to trash an image that somebody has open, and to shrink', async () => {
    const open = clientOf('{"watchers":[{"address":"10.0.0.1:0/7","client":4,"cookie":5}]}');
    await expect(open.client.rbd.trashMove(vm)).rejects.toMatchObject({ kind: 'busy' });
    const small = clientOf(fixture('info.json'));
    await expect(small.client.rbd.imageGrow(vm, 1024)).rejects.toMatchObject({ kind: 'refused' });
    for (const { calls } of [open, small]) expect(calls).toHaveLength(1);
  });

  it('[STO-01] runs nothing for a name that is none', async () => {
    const bad = fc
      .oneof(
        fc.string({ unit: 'binary' }),
        fc.constantFrom('', '-v', '--help', 'a/b', 'a@b', 'a b', '../x', 'a:conf=/x', 'a\nb', '$(id)'),
      )
      .filter((name) => !/^[A-Za-z0-9._][A-Za-z0-9._-]{0,127}$/.test(name));
    await fc.assert(
      fc.asyncProperty(bad, async (name) => {
        const { client, calls } = clientOf('[]');
        const { rbd } = client;
        for (const call of [
          () => rbd.imageInfo({ pool: name, image: 'x' }),
          () => rbd.imageRemove({ pool: 'x', image: name }),
          () => rbd.snapCreate({ ...vm, snap: name }),
          () => rbd.imageList(name),
          () => rbd.trashRemove('x', name),
          () => client.cluster.blocklistAdd(name, 1000),
          () => client.cluster.poolGet(name),
        ]) {
          await expect((async () => call())()).rejects.toMatchObject({ name: 'CephError', kind: 'invalid' });
        }
        expect(calls).toEqual([]);
      }),
    );
  });

  it('[STO-01] kills the whole process group at the deadline', async () => {
    const started = performance.now();
    let child = 0;
    const run = execTool({
      tool: '/bin/sh',
      args: ['-c', 'sleep 60 & echo $!; wait'],
      timeoutMs: 150,
      onStdout: (text) => (child = Number(text.trim())),
    });
    await expect(run).rejects.toMatchObject({ kind: 'timeout' });
    expect(performance.now() - started).toBeLessThan(5000);
    expect(child).toBeGreaterThan(1);
    // Gone, or a zombie waiting for init: never running.
    const state = (): string => {
      try {
        return readFileSync(`/proc/${child}/stat`, 'utf8').split(') ')[1]?.charAt(0) ?? '';
      } catch {
        return 'gone';
      }
    };
    await expect.poll(state, { timeout: 5000 }).toMatch(/^(gone|Z|X)$/);
  });

  it('[IMG-02] reads progress however it is cut', () => {
    const seen: number[] = [];
    const reader = new ProgressReader(1000, ({ done }) => seen.push(done));
    for (const piece of ['    (0.00/100%)\r    (12', '.50/100%)\r', '(100.00/', '100%)']) reader.push(piece);
    expect(seen).toEqual([0, 125, 1000]);
    const percent: number[] = [];
    const rbd = new ProgressReader(200, ({ done }) => percent.push(done));
    rbd.push('Image flatten: 1% complete...\rImage flatten: 5');
    rbd.push('0% complete...');
    expect(percent).toEqual([2, 100]);
  });
});
