/**
 * Uploaded images are hostile. Their format is found by content and must be the one claimed; whatever could make QEMU
 * open another file is refused before QEMU sees it; then `qemu-img info`, told the format and locked in by limits and
 * an unprivileged user, says whether the image is sound and how large its disk is.
 */
import { constants, type Stats } from 'node:fs';
import { type FileHandle, open } from 'node:fs/promises';
import { z } from 'zod';
import { CephError } from './errors.ts';
import { type Exec, execTool } from './exec.ts';
import { imageDetect, qcow2Refusal, vmdkRefusal } from './image-format.ts';
import type { ImageRefusal, InspectOptions, InspectResult } from './inspect.types.ts';
import type { DiskFormat } from './types.ts';

const TIB = 1024 ** 4;
const SMALL_ENOUGH = 64 * 1024 ** 3;
const ADDRESS_SPACE = 1024 ** 3;
const CPU_SECONDS = 20;
const NOBODY = 65_534;

const infoShape = z.object({
  'virtual-size': z.number(),
  format: z.string(),
  encrypted: z.boolean().optional(),
  'backing-filename': z.string().optional(),
  'full-backing-filename': z.string().optional(),
  'format-specific': z
    .object({
      data: z
        .object({
          'data-file': z.string().optional(),
          corrupt: z.boolean().optional(),
          extents: z.array(z.object({ filename: z.string() })).optional(),
        })
        .loose(),
    })
    .optional(),
});

const refuse = (refusal: ImageRefusal): InspectResult => ({ ok: false, refusal });

/**
 * Inspects a file before it is imported.
 * @param claimed the format its owner says it has.
 * @returns the pinned format and sizes, or why it is refused.
 * @throws CephError when the inspection itself could not be done (file missing, tool missing).
 */
export async function imageInspect(
  path: string,
  claimed: DiskFormat,
  options: InspectOptions & { readonly exec?: Exec } = {},
): Promise<InspectResult> {
  let file: FileHandle;
  try {
    // No links, and no waiting on a FIFO somebody put there.
    file = await open(path, constants.O_RDONLY | constants.O_NOFOLLOW | constants.O_NONBLOCK);
  } catch (cause) {
    throw new CephError('not-found', 'the image file cannot be opened', { cause });
  }
  try {
    const stat = await file.stat();
    if (!stat.isFile()) return refuse({ code: 'format-unsupported', params: { detected: 'not a file' } });
    if (stat.size === 0) return refuse({ code: 'empty', params: {} });
    const detected = await imageDetect(file);
    if ('other' in detected || detected.format !== claimed) {
      const name = 'other' in detected ? detected.other : detected.format;
      return refuse({ code: 'format-mismatch', params: { claimed, detected: name } });
    }
    const early =
      claimed === 'qcow2' ? await qcow2Refusal(file) : claimed === 'vmdk' ? await vmdkRefusal(file) : undefined;
    if (early !== undefined) return refuse(early);
    const size = claimed === 'raw' || claimed === 'iso' ? stat.size : await virtualSize(file, stat, claimed, options);
    if (typeof size !== 'number') return refuse(size);
    return sized(claimed, size, stat.size, options);
  } finally {
    await file.close();
  }
}

function sized(format: DiskFormat, virtual: number, fileSize: number, options: InspectOptions): InspectResult {
  const limit = options.maxVirtualSize ?? 16 * TIB;
  if (virtual <= 0 || virtual > limit) return refuse({ code: 'virtual-size', params: { bytes: virtual, limit } });
  const expansion = options.maxExpansion ?? 100_000;
  if (virtual > SMALL_ENOUGH && virtual / fileSize > expansion) {
    return refuse({ code: 'expansion', params: { bytes: virtual, fileBytes: fileSize, limit: expansion } });
  }
  return { ok: true, format, virtualSize: virtual, fileSize };
}

/** Asks qemu-img; a number is the size of the disk, else why the image is refused. */
async function virtualSize(
  file: FileHandle,
  stat: Stats,
  format: DiskFormat,
  options: InspectOptions & { readonly exec?: Exec },
): Promise<number | ImageRefusal> {
  const isRoot = process.getuid?.() === 0;
  const drop = [
    'setpriv',
    `--reuid=${NOBODY}`,
    `--regid=${NOBODY}`,
    '--clear-groups',
    '--no-new-privs',
    '--inh-caps=-all',
  ];
  const source = `driver=${format},file.driver=file,file.filename=/dev/fd/0,file.locking=off`;
  // The tool gets the file as its open standard input, so it needs to reach no directory. Opening /dev/fd/0 checks the
  // mode of the file again, hence the reading bit for the while; who cannot pass its directory gains nothing by it.
  const opened = isRoot && (stat.mode & 0o004) === 0;
  if (opened) await file.chmod((stat.mode & 0o7777) | 0o004);
  try {
    const result = await (options.exec ?? execTool)({
      tool: 'prlimit',
      args: [
        `--as=${ADDRESS_SPACE}`,
        `--cpu=${CPU_SECONDS}`,
        '--nofile=64',
        '--fsize=0',
        '--core=0',
        ...(isRoot ? drop : ['setpriv', '--no-new-privs']),
        'qemu-img',
        'info',
        '--output=json',
        '--image-opts',
        source,
      ],
      timeoutMs: options.timeoutMs ?? 60_000,
      signal: options.signal,
      stdinFd: file.fd,
    });
    if (result.code === null || result.code > 127) return { code: 'too-costly', params: {} };
    if (result.code !== 0) return { code: 'corrupt', params: { detail: plain(result.stderr) } };
    return judged(JSON.parse(result.stdout), format);
  } catch (error) {
    if (error instanceof CephError && error.kind === 'timeout') return { code: 'too-costly', params: {} };
    throw error;
  } finally {
    if (opened) await file.chmod(stat.mode & 0o7777);
  }
}

/** What qemu-img says is trusted no more than the header was: both must find nothing outside. */
function judged(answer: unknown, format: DiskFormat): number | ImageRefusal {
  const parsed = infoShape.safeParse(answer);
  if (!parsed.success) return { code: 'corrupt', params: { detail: 'unexpected answer of qemu-img' } };
  const info = parsed.data;
  const specific = info['format-specific']?.data;
  const backing = info['backing-filename'] ?? info['full-backing-filename'];
  if (backing !== undefined) return { code: 'backing-file', params: { file: plain(backing) } };
  if (specific?.['data-file'] !== undefined)
    return { code: 'external-data', params: { file: plain(specific['data-file']) } };
  const stranger = specific?.extents?.find((extent) => !/^(json:.*)?.*\/dev\/fd\/0/.test(extent.filename));
  if (stranger !== undefined) return { code: 'extent-outside', params: { file: plain(stranger.filename) } };
  if (info.encrypted === true) return { code: 'encrypted', params: {} };
  if (specific?.corrupt === true) return { code: 'corrupt', params: { detail: 'marked corrupt' } };
  if (info.format !== format) return { code: 'format-mismatch', params: { claimed: format, detected: info.format } };
  return info['virtual-size'];
}

/** One bounded line without control characters. */
function plain(text: string): string {
  const line = text.trim();
  // oxlint-disable-next-line no-control-regex -- control characters are what is removed
  return line.replaceAll(/[\u0000-\u001f\u007f]+/g, ' ').slice(0, 300);
}
