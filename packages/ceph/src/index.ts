/**
 * Ceph as this project uses it: RBD images, the cluster's state, and the inspection of hostile disk images. Callers
 * see one interface; whether a call goes through the resident helper process or a command line tool is our business.
 */
export { CephClient, type CephClientOptions } from './client.ts';
export type { Cluster } from './cluster.types.ts';
export { CephError, type CephErrorKind } from './errors.ts';
export { imageInspect } from './inspect.ts';
export type { ImageRefusal, InspectOptions, InspectResult } from './inspect.types.ts';
export type { Rbd, TransferOptions } from './rbd.types.ts';
export type * from './types.ts';
