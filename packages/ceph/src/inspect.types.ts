import type { DiskFormat } from './types.ts';

/** Why an image is refused: `code` for the message catalogue, `params` to fill it. */
export type ImageRefusal =
  | { readonly code: 'format-mismatch'; readonly params: { readonly claimed: string; readonly detected: string } }
  | { readonly code: 'format-unsupported'; readonly params: { readonly detected: string } }
  | { readonly code: 'empty'; readonly params: Record<string, never> }
  | { readonly code: 'backing-file'; readonly params: { readonly file: string } }
  | { readonly code: 'external-data'; readonly params: { readonly file: string } }
  | { readonly code: 'extent-outside'; readonly params: { readonly file: string } }
  | { readonly code: 'encrypted'; readonly params: Record<string, never> }
  | { readonly code: 'virtual-size'; readonly params: { readonly bytes: number; readonly limit: number } }
  | {
      readonly code: 'expansion';
      readonly params: { readonly bytes: number; readonly fileBytes: number; readonly limit: number };
    }
  | { readonly code: 'corrupt'; readonly params: { readonly detail: string } }
  | { readonly code: 'too-costly'; readonly params: Record<string, never> };

export type InspectResult =
  | {
      readonly ok: true;
      /** Pin it: hand exactly this to importFile and never let anything probe the file again. */
      readonly format: DiskFormat;
      /** Size of the disk in bytes. */
      readonly virtualSize: number;
      /** Size of the file in bytes. */
      readonly fileSize: number;
    }
  | { readonly ok: false; readonly refusal: ImageRefusal };

export interface InspectOptions {
  /** Largest virtual disk, bytes (default 16 TiB). */
  readonly maxVirtualSize?: number;
  /** Largest ratio of virtual size to file size for anything over 64 GiB (default 100 000). */
  readonly maxExpansion?: number;
  readonly timeoutMs?: number;
  readonly signal?: AbortSignal;
}
