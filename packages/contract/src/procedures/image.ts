import { z } from 'zod';
import { imageId, storageClusterId } from '../ids.ts';
import { mutation, query } from '../procedure.ts';
import { imageState } from '../states.ts';
import { bytes, facet, inRegion, listInput, listOf, mutationInput, sortOrder, taskRef } from '../schemas/common.ts';
import { image, imageFormat, imageProperties } from '../schemas/image.ts';

export const images = {
  list: query({
    access: 'image:read',
    door: 'region',
    rest: { method: 'GET', path: '/regions/{region}/images' },
    summary: { 'zh-CN': '镜像列表', 'en-US': 'List images' },
    input: listInput.extend({
      sort: z
        .object({ field: z.enum(['name', 'state', 'createdAt', 'fileSize']), order: sortOrder })
        .default({ field: 'createdAt', order: 'desc' }),
      filter: z
        .object({
          state: z.array(imageState).optional(),
          osFamily: z.array(z.enum(['linux', 'windows', 'other'])).optional(),
        })
        .default({}),
    }),
    output: listOf(image).extend({ facets: z.object({ state: facet }) }),
  }),
  get: query({
    access: 'image:read',
    door: 'region',
    rest: { method: 'GET', path: '/regions/{region}/images/{id}' },
    summary: { 'zh-CN': '镜像详情', 'en-US': 'One image' },
    input: inRegion.extend({ id: imageId }),
    output: image,
  }),
  /**
   * Announces an upload. The bytes follow by `PUT /api/v1/regions/{region}/images/{id}/content?offset=N` in chunks of up to
   * 16 MiB, in order; `received` in the answer of `get` tells where to continue. The last byte starts the import task.
   */
  createUpload: mutation({
    access: 'image:upload',
    door: 'region',
    rest: { method: 'POST', path: '/regions/{region}/images' },
    summary: { 'zh-CN': '导入镜像', 'en-US': 'Announce the upload of an image' },
    operation: 'image.upload',
    input: mutationInput.extend({
      ...imageProperties.shape,
      format: imageFormat,
      fileSize: bytes.min(1).max(500 * 1024 ** 3),
      sha256: z
        .string()
        .regex(/^[0-9a-f]{64}$/u, 'sha256')
        .optional(),
      storageClusterId: storageClusterId.optional(),
    }),
    output: image,
  }),
  cancelUpload: mutation({
    access: 'image:upload',
    door: 'region',
    rest: { method: 'POST', path: '/regions/{region}/images/{id}/actions/cancel' },
    summary: { 'zh-CN': '取消导入镜像', 'en-US': 'Cancel an upload or import' },
    operation: 'image.cancelUpload',
    input: mutationInput.extend({ id: imageId }),
    output: image,
  }),
  update: mutation({
    access: 'image:update',
    door: 'region',
    rest: { method: 'PATCH', path: '/regions/{region}/images/{id}' },
    summary: { 'zh-CN': '修改镜像', 'en-US': 'Change name, note and properties of an image' },
    operation: 'image.update',
    input: mutationInput.extend({
      id: imageId,
      name: imageProperties.shape.name.optional(),
      note: z.string().max(1000).optional(),
    }),
    output: image,
  }),
  delete: mutation({
    access: 'image:delete',
    door: 'region',
    rest: { method: 'DELETE', path: '/regions/{region}/images/{id}' },
    summary: { 'zh-CN': '删除镜像', 'en-US': 'Delete an image that no VM uses' },
    operation: 'image.delete',
    input: mutationInput.extend({ id: imageId }),
    output: taskRef,
  }),
} as const;
