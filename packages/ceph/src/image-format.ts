/**
 * What a disk image is, by its own bytes. Read before any tool of QEMU sees the file: opening a hostile image is enough
 * to make QEMU follow the names inside it.
 */
import type { FileHandle } from 'node:fs/promises';
import type { ImageRefusal } from './inspect.types.ts';
import type { DiskFormat } from './types.ts';

/** A format we take, or the name of what it is instead. */
export type Detected = { readonly format: DiskFormat } | { readonly other: string };

const SECTOR = 512;

async function bytesAt(file: FileHandle, offset: number, length: number): Promise<Buffer> {
  const buffer = Buffer.alloc(length);
  const { bytesRead } = await file.read(buffer, 0, length, offset);
  return buffer.subarray(0, bytesRead);
}

const MAGICS: readonly (readonly [number, string, Detected])[] = [
  [0, 'QFI\u00fb', { format: 'qcow2' }],
  [0, 'KDMV', { format: 'vmdk' }],
  [0, 'vhdxfile', { format: 'vhdx' }],
  [0, 'COWD', { other: 'vmdk (ESX sparse)' }],
  [0, '# Disk DescriptorFile', { other: 'vmdk descriptor' }],
  [0, 'conectix', { other: 'vpc' }],
  [0, 'QED\0', { other: 'qed' }],
  [0, 'WithoutFreeSpace', { other: 'parallels' }],
  [0, 'WithouFreSpacExt', { other: 'parallels' }],
  [0, 'LUKS\u00ba\u00be', { other: 'luks' }],
  [0, '\u001f\u008b', { other: 'gzip' }],
  [0, '\u00fd7zXZ\0', { other: 'xz' }],
  [0, '\u0028\u00b5\u002f\u00fd', { other: 'zstd' }],
  [0, 'BZh', { other: 'bzip2' }],
  [0, 'PK\u0003\u0004', { other: 'zip' }],
  [0, '7z\u00bc\u00af', { other: '7z' }],
  [0x40, '\u007f\u0010\u00da\u00be', { other: 'vdi' }],
  [257, 'ustar', { other: 'tar' }],
  [32_769, 'CD001', { format: 'iso' }],
];

/** Names the format by content; what has no signature is raw unless it is plain text. */
export async function imageDetect(file: FileHandle): Promise<Detected> {
  const head = await bytesAt(file, 0, 33_000);
  for (const [offset, magic, detected] of MAGICS) {
    if (head.subarray(offset, offset + magic.length).equals(Buffer.from(magic, 'latin1'))) return detected;
  }
  const start = head.subarray(0, SECTOR);
  const isText =
    start.length > 0 && start.every((byte) => byte === 9 || byte === 10 || byte === 13 || (byte >= 32 && byte !== 127));
  return isText ? { other: 'text' } : { format: 'raw' };
}

const corrupt = (detail: string): ImageRefusal => ({ code: 'corrupt', params: { detail } });

/** The name at this place of the file, made safe to show. */
async function nameAt(file: FileHandle, offset: number, length: number): Promise<string> {
  const text = (await bytesAt(file, offset, Math.min(length, 1023))).toString('utf8');
  // oxlint-disable-next-line no-control-regex -- control characters are what is removed
  return text.replaceAll(/[\u0000-\u001f\u007f]/g, '?');
}

/** Refuses a qcow2 that refers to other files or is encrypted, from its header alone. */
export async function qcow2Refusal(file: FileHandle): Promise<ImageRefusal | undefined> {
  const header = await bytesAt(file, 0, 104);
  if (header.length < 72) return corrupt('short qcow2 header');
  const version = header.readUInt32BE(4);
  if (version !== 2 && version !== 3)
    return { code: 'format-unsupported', params: { detected: `qcow2 version ${version}` } };
  const backingOffset = header.readBigUInt64BE(8);
  const backingLength = header.readUInt32BE(16);
  if (backingOffset !== 0n || backingLength !== 0) {
    const name = backingOffset < 1_000_000n ? await nameAt(file, Number(backingOffset), backingLength) : '';
    return { code: 'backing-file', params: { file: name } };
  }
  if (header.readUInt32BE(32) !== 0) return { code: 'encrypted', params: {} };
  if (version === 2) return undefined;
  if (header.length < 104) return corrupt('short qcow2 header');
  // Incompatible features: bit 1 corrupt, bit 2 external data file.
  const features = header.readBigUInt64BE(72);
  if ((features & 4n) !== 0n) return { code: 'external-data', params: { file: '' } };
  if ((features & 2n) !== 0n) return corrupt('marked corrupt');
  return undefined;
}

/** Refuses a VMDK that is not one self-contained file, from its header and embedded descriptor. */
export async function vmdkRefusal(file: FileHandle): Promise<ImageRefusal | undefined> {
  const header = await bytesAt(file, 0, SECTOR);
  if (header.length < SECTOR) return corrupt('short vmdk header');
  const offset = Number(header.readBigUInt64LE(28)) * SECTOR;
  const length = Number(header.readBigUInt64LE(36)) * SECTOR;
  if (offset === 0 || length === 0 || length > 1024 * 1024) return corrupt('vmdk without a sane descriptor');
  const text = (await bytesAt(file, offset, length)).toString('latin1').split('\0')[0] ?? '';
  const parent = /^\s*parentFileNameHint\s*=\s*"?([^"\n]*)/im.exec(text)?.[1];
  const parentCid = /^\s*parentCID\s*=\s*([0-9a-f]+)/im.exec(text)?.[1];
  if (parent !== undefined || (parentCid !== undefined && !/^f{8}$/i.test(parentCid))) {
    return { code: 'backing-file', params: { file: parent ?? '' } };
  }
  const type = /^\s*createType\s*=\s*"?([A-Za-z0-9]+)/im.exec(text)?.[1] ?? '';
  const extents = [...text.matchAll(/^\s*(?:RW|RDONLY|NOACCESS)\s+\d+\s+([A-Z0-9]+)(?:\s+"([^"]*)")?/gm)];
  const stranger = extents.find(([, kind, name = '']) => kind !== 'SPARSE' || /[/\\:]/.test(name));
  if (extents.length !== 1 || stranger !== undefined || !['monolithicSparse', 'streamOptimized'].includes(type)) {
    const name = (stranger ?? extents[1] ?? extents[0])?.[2] ?? type;
    return { code: 'extent-outside', params: { file: name } };
  }
  return undefined;
}
