/** The content of an announced image, part by part; each part is signed by its hash. */
import { CONTENT_HASH_HEADER } from '@basalt/contract';
import { ApiError } from './api-error.ts';
import type { Client } from './client.ts';
import { hashOf } from './signing.ts';

const PART = 8 * 1024 * 1024;

export interface UploadOptions {
  readonly region?: string;
  /** Bytes sent so far, after each part. */
  readonly onProgress?: (sent: number) => void;
  readonly signal?: AbortSignal;
}

/** Sends a file from `offset` on; goes on where the platform says when it knows better. @throws ApiError. */
export async function imageUpload(
  client: Client,
  id: string,
  content: Blob,
  { region = client.options.region, onProgress, signal }: UploadOptions = {},
  offset = 0,
): Promise<void> {
  if (region === undefined) throw new TypeError('region is missing');
  const path = `/regions/${encodeURIComponent(region)}/images/${encodeURIComponent(id)}/content`;
  let [at, moved] = [offset, 0];
  while (at < content.size) {
    const part = new Uint8Array(await content.slice(at, at + PART).arrayBuffer());
    const headers = { 'content-type': 'application/octet-stream', [CONTENT_HASH_HEADER]: await hashOf(part) };
    try {
      await client.send({ method: 'PUT', path, query: `offset=${at}`, body: part, headers, signal });
      at += part.length;
      onProgress?.(at);
    } catch (error) {
      const received =
        error instanceof ApiError && error.code === 'uploadOffset' ? Number(error.params['received']) : -1;
      moved += 1;
      if (received < 0 || moved > 5) throw error;
      at = received;
    }
  }
}
