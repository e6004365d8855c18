import { execFile } from 'node:child_process';
import { copyFile, mkdtemp, open, readFile, rm, stat, symlink, truncate, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type DiskFormat, imageInspect } from '../src/index.ts';

const exec = promisify(execFile);
const MIB = 1024 * 1024;

describe('inspection of hostile images, by the real qemu-img', () => {
  let dir: string;
  const at = (name: string): string => join(dir, name);
  const qemuImg = (...args: string[]) => exec('qemu-img', args);

  beforeAll(async () => {
    dir = await mkdtemp(join(tmpdir(), 'inspect-test-'));
  });
  afterAll(() => rm(dir, { recursive: true, force: true }));

  it.each(['qcow2', 'vmdk', 'vhdx', 'raw'] as const)(
    '[IMG-02] accepts a sound %s and pins its format',
    async (format) => {
      const path = at(`good.${format}`);
      await qemuImg('create', '-f', format, path, '64M');
      const mode = (await stat(path)).mode;
      expect(await imageInspect(path, format)).toMatchObject({ ok: true, format, virtualSize: 64 * MIB });
      expect((await stat(path)).mode).toBe(mode);
    },
  );

  it('[IMG-02] accepts a stream-optimised vmdk, a compressed qcow2, and a file only root may read', async () => {
    await writeFile(at('content'), Buffer.alloc(3 * MIB, 7));
    await qemuImg('convert', '-f', 'raw', '-O', 'vmdk', '-o', 'subformat=streamOptimized', at('content'), at('s.vmdk'));
    expect(await imageInspect(at('s.vmdk'), 'vmdk')).toMatchObject({ ok: true, virtualSize: 3 * MIB });
    await qemuImg('convert', '-c', '-f', 'raw', '-O', 'qcow2', at('content'), at('c.qcow2'));
    const file = await open(at('c.qcow2'));
    await file.chmod(0o600);
    await file.close();
    expect(await imageInspect(at('c.qcow2'), 'qcow2')).toMatchObject({ ok: true, virtualSize: 3 * MIB });
    expect((await stat(at('c.qcow2'))).mode & 0o777).toBe(0o600);
  });

  it('[IMG-02] refuses what is not what it says', async () => {
    await writeFile(at('text.qcow2'), '/etc/passwd is not a disk\n'.repeat(100));
    const claims: [string, DiskFormat, string][] = [
      ['text.qcow2', 'qcow2', 'text'],
      ['text.qcow2', 'raw', 'text'],
      ['good.qcow2', 'raw', 'qcow2'],
      ['good.qcow2', 'vmdk', 'qcow2'],
      ['good.raw', 'iso', 'raw'],
    ];
    for (const [name, claimed, detected] of claims) {
      expect(await imageInspect(at(name), claimed), `${name} as ${claimed}`).toEqual({
        ok: false,
        refusal: { code: 'format-mismatch', params: { claimed, detected } },
      });
    }
    await writeFile(at('empty'), '');
    expect(await imageInspect(at('empty'), 'raw')).toMatchObject({ ok: false, refusal: { code: 'empty' } });
    await symlink('/etc/shadow', at('link'));
    await expect(imageInspect(at('link'), 'raw')).rejects.toMatchObject({ kind: 'not-found' });
    const iso = await open(at('d.iso'), 'w');
    await iso.write('CD001', 32_769);
    await iso.truncate(2 * MIB);
    await iso.close();
    expect(await imageInspect(at('d.iso'), 'iso')).toMatchObject({ ok: true, virtualSize: 2 * MIB });
  });

  it('[IMG-02] refuses a backing file, an external data file, foreign extents', async () => {
    await qemuImg('create', '-f', 'qcow2', '-u', '-b', '/etc/shadow', '-F', 'raw', at('backing.qcow2'), '1M');
    expect(await imageInspect(at('backing.qcow2'), 'qcow2')).toEqual({
      ok: false,
      refusal: { code: 'backing-file', params: { file: '/etc/shadow' } },
    });
    await qemuImg(
      'create',
      '-f',
      'qcow2',
      '-o',
      `data_file=${at('data')},data_file_raw=on`,
      at('external.qcow2'),
      '1M',
    );
    expect(await imageInspect(at('external.qcow2'), 'qcow2')).toMatchObject({ refusal: { code: 'external-data' } });
    await qemuImg('create', '-f', 'vmdk', '-o', 'subformat=monolithicFlat', at('flat.vmdk'), '1M');
    expect(await imageInspect(at('flat.vmdk'), 'vmdk')).toMatchObject({
      refusal: { code: 'format-mismatch', params: { detected: 'vmdk descriptor' } },
    });
    const bytes = await readFile(at('good.vmdk'));
    const evil = Buffer.from(bytes.toString('latin1').replace(/SPARSE "[^"]*"/, 'FLAT "/etc/shadow"  '), 'latin1');
    await writeFile(at('evil.vmdk'), evil);
    expect(await imageInspect(at('evil.vmdk'), 'vmdk')).toEqual({
      ok: false,
      refusal: { code: 'extent-outside', params: { file: '/etc/shadow' } },
    });
    await exec('qemu-img', [
      'create',
      '-f',
      'qcow2',
      '--object',
      'secret,id=s,data=x',
      '-o',
      'encrypt.format=aes,encrypt.key-secret=s',
      at('enc.qcow2'),
      '1M',
    ]);
    expect(await imageInspect(at('enc.qcow2'), 'qcow2')).toMatchObject({ refusal: { code: 'encrypted' } });
    // LUKS is another number in the header; qemu-img measures the CPU to make one, and gives up on some machines
    const luks = await readFile(at('enc.qcow2'));
    expect(luks.readUInt32BE(32)).toBe(1);
    luks.writeUInt32BE(2, 32);
    await writeFile(at('luks.qcow2'), luks);
    expect(await imageInspect(at('luks.qcow2'), 'qcow2')).toMatchObject({ refusal: { code: 'encrypted' } });
  });

  it('[IMG-02] refuses absurd sizes and broken images', async () => {
    await qemuImg('create', '-f', 'qcow2', at('huge.qcow2'), '40T');
    expect(await imageInspect(at('huge.qcow2'), 'qcow2')).toMatchObject({ refusal: { code: 'virtual-size' } });
    await qemuImg('create', '-f', 'qcow2', at('bomb.qcow2'), '15T');
    expect(await imageInspect(at('bomb.qcow2'), 'qcow2', { maxExpansion: 1000 })).toMatchObject({
      refusal: { code: 'expansion' },
    });
    await copyFile(at('good.qcow2'), at('cut.qcow2'));
    await truncate(at('cut.qcow2'), 90);
    expect(await imageInspect(at('cut.qcow2'), 'qcow2')).toMatchObject({ refusal: { code: 'corrupt' } });
    const lies = await readFile(at('good.qcow2'));
    lies.writeUInt32BE(0xffff_ffff, 36);
    await writeFile(at('lies.qcow2'), lies);
    expect(await imageInspect(at('lies.qcow2'), 'qcow2')).toMatchObject({ ok: false, refusal: { code: 'corrupt' } });
  });
});
