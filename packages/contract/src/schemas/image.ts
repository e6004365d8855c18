import { z } from 'zod';
import { imageId, storageClusterId, taskId } from '../ids.ts';
import { imageState } from '../states.ts';
import { bytes, name, note, timestamp } from './common.ts';

export const imageFormat = z.enum(['qcow2', 'raw', 'vmdk', 'vhdx', 'iso']);
export const osFamily = z.enum(['linux', 'windows', 'other']);
export const firmware = z.enum(['bios', 'uefi']);

export const imageProperties = z.object({
  name,
  note: note.default(''),
  osFamily,
  osVersion: z.string().max(64).default(''),
  architecture: z.enum(['x86_64', 'aarch64']).default('x86_64'),
  firmware: firmware.default('bios'),
  guestAgent: z.boolean().default(true),
  cloudInit: z.boolean().default(true),
  defaultUser: z.string().max(32).default('root'),
});

export const image = imageProperties.extend({
  id: imageId,
  kind: z.enum(['base', 'custom', 'iso']),
  format: imageFormat,
  state: imageState,
  reason: z.string().nullable(),
  storageCluster: z.object({ id: storageClusterId, name: z.string() }),
  /** Bytes of the uploaded file and of the disk inside it; the latter is the least system disk. */
  fileSize: bytes,
  virtualSize: bytes.nullable(),
  received: bytes,
  sha256: z.string().nullable(),
  vms: z.int(),
  taskId: taskId.nullable(),
  createdAt: timestamp,
});
export type Image = z.infer<typeof image>;
