/** What the leader keeps doing. */
import { diskUseReconciler, imagesReconciler, storageReconciler } from './storage.ts';
import { expiryReconciler, uploadsReconciler } from './housekeeping.ts';
import { hostWatch } from './host-watch.ts';
import { metricsCollect, type MetricsOptions } from './metrics-collect.ts';
import { portsReconciler } from './ports.ts';
import type { Reconciler } from './reconciler.ts';

export const regionReconcilers = (metrics: MetricsOptions | null): Reconciler[] => [
  hostWatch(),
  portsReconciler,
  storageReconciler,
  imagesReconciler,
  diskUseReconciler,
  uploadsReconciler,
  expiryReconciler,
  ...(metrics ? [metricsCollect(metrics)] : []),
];
export { reconcilersRun, type Reconcilers, type ReconcilerStatus } from './reconciler.ts';
export type { MetricsOptions } from './metrics-collect.ts';
