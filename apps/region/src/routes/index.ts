/** Every call of the region's door; a missing one does not compile. */
import type { regionProcedures } from '@basalt/contract';
import type { Handlers } from '@basalt/rpc';
import type { Context } from '../domain/context.ts';
import { overviewGetRoute } from './overview/get.ts';
import { computeClusterListRoute } from './compute-cluster/list.ts';
import { computeClusterRenameRoute } from './compute-cluster/rename.ts';
import { storageClusterListRoute } from './storage-cluster/list.ts';
import { flavorListRoute } from './flavor/list.ts';
import { hostListRoute } from './host/list.ts';
import { hostGetRoute } from './host/get.ts';
import { hostCreateEnrolTokenRoute } from './host/create-enrol-token.ts';
import { hostLockRoute } from './host/lock.ts';
import { hostUnlockRoute } from './host/unlock.ts';
import { hostRemoveRoute } from './host/remove.ts';
import { imageListRoute } from './image/list.ts';
import { imageGetRoute } from './image/get.ts';
import { imageCreateUploadRoute } from './image/create-upload.ts';
import { imageCancelUploadRoute } from './image/cancel-upload.ts';
import { imageUpdateRoute } from './image/update.ts';
import { imageDeleteRoute } from './image/delete.ts';
import { networkListRoute } from './network/list.ts';
import { networkGetRoute } from './network/get.ts';
import { networkUplinksRoute } from './network/uplinks.ts';
import { networkAddressesRoute } from './network/addresses.ts';
import { networkCreateRoute } from './network/create.ts';
import { networkUpdateRoute } from './network/update.ts';
import { networkDeleteRoute } from './network/delete.ts';
import { vmListRoute } from './vm/list.ts';
import { vmGetRoute } from './vm/get.ts';
import { vmPreviewRoute } from './vm/preview.ts';
import { vmCreateRoute } from './vm/create.ts';
import { vmUpdateRoute } from './vm/update.ts';
import { vmStartRoute } from './vm/start.ts';
import { vmShutdownRoute } from './vm/shutdown.ts';
import { vmPowerOffRoute } from './vm/power-off.ts';
import { vmRebootRoute } from './vm/reboot.ts';
import { vmResetRoute } from './vm/reset.ts';
import { vmPauseRoute } from './vm/pause.ts';
import { vmResumeRoute } from './vm/resume.ts';
import { vmDeleteRoute } from './vm/delete.ts';
import { vmUndeleteRoute } from './vm/undelete.ts';
import { vmDestroyRoute } from './vm/destroy.ts';
import { vmBulkRoute } from './vm/bulk.ts';
import { vmPlacementRoute } from './vm/placement.ts';
import { vmConsoleRoute } from './vm/console.ts';
import { vmScreenshotRoute } from './vm/screenshot.ts';
import { taskListRoute } from './task/list.ts';
import { taskGetRoute } from './task/get.ts';
import { taskCancelRoute } from './task/cancel.ts';
import { taskRetryRoute } from './task/retry.ts';
import { resourceEventListRoute } from './resource-event/list.ts';
import { searchFindRoute } from './search/find.ts';

export const routes: Handlers<typeof regionProcedures, Context> = {
  overview: {
    get: overviewGetRoute,
  },
  computeCluster: {
    list: computeClusterListRoute,
    rename: computeClusterRenameRoute,
  },
  storageCluster: {
    list: storageClusterListRoute,
  },
  flavor: {
    list: flavorListRoute,
  },
  host: {
    list: hostListRoute,
    get: hostGetRoute,
    createEnrolToken: hostCreateEnrolTokenRoute,
    lock: hostLockRoute,
    unlock: hostUnlockRoute,
    remove: hostRemoveRoute,
  },
  image: {
    list: imageListRoute,
    get: imageGetRoute,
    createUpload: imageCreateUploadRoute,
    cancelUpload: imageCancelUploadRoute,
    update: imageUpdateRoute,
    delete: imageDeleteRoute,
  },
  network: {
    list: networkListRoute,
    get: networkGetRoute,
    uplinks: networkUplinksRoute,
    addresses: networkAddressesRoute,
    create: networkCreateRoute,
    update: networkUpdateRoute,
    delete: networkDeleteRoute,
  },
  vm: {
    list: vmListRoute,
    get: vmGetRoute,
    preview: vmPreviewRoute,
    create: vmCreateRoute,
    update: vmUpdateRoute,
    start: vmStartRoute,
    shutdown: vmShutdownRoute,
    powerOff: vmPowerOffRoute,
    reboot: vmRebootRoute,
    reset: vmResetRoute,
    pause: vmPauseRoute,
    resume: vmResumeRoute,
    delete: vmDeleteRoute,
    undelete: vmUndeleteRoute,
    destroy: vmDestroyRoute,
    bulk: vmBulkRoute,
    placement: vmPlacementRoute,
    console: vmConsoleRoute,
    screenshot: vmScreenshotRoute,
  },
  task: {
    list: taskListRoute,
    get: taskGetRoute,
    cancel: taskCancelRoute,
    retry: taskRetryRoute,
  },
  resourceEvent: {
    list: resourceEventListRoute,
  },
  search: {
    find: searchFindRoute,
  },
};
