export { ApiError, ConnectionError } from './api-error.ts';
export { clientCreate, type CallOptions, type Calls, type Client, type ClientOptions } from './client.ts';
export { events, type EventsOptions, type LiveMessage } from './events.ts';
export { pages, rows } from './paging.ts';
export { authorizationSign, hashOf, type ApiKeyPair } from './signing.ts';
export { TaskError, taskIdsOf, waitForTask, type WaitOptions } from './task.ts';
export { imageUpload, type UploadOptions } from './upload.ts';
export {
  webhookVerify,
  WebhookError,
  type WebhookFault,
  type WebhookHeaders,
  type WebhookVerifyOptions,
} from './webhook.ts';
